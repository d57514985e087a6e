// The rooms of the repository and the arrows between them, as data: the one place that says who may import whom.
// check-arrows.ts enforces this table and docs/reference/rooms.md is generated from it.

/** Permission to import one room. With `values`, everything else in that room may only be imported as a type. */
export interface Grant {
  readonly room: string;
  readonly values?: readonly string[];
}

export interface Room {
  readonly name: string;
  /** Folder (ending in `/`) or single file, from the root of the repository. The longest match owns a file. */
  readonly at: string;
  readonly is: string;
  readonly rooms: readonly Grant[];
  /** External packages by name; `@scope/*` stands for every package of a scope. */
  readonly packages: readonly string[];
  readonly node: 'all' | 'no network' | 'none';
  /** Law 6: time is a parameter. `reads` is for rooms that stand for the outside world. */
  readonly time: 'parameter' | 'reads';
  /** Designed, with its arrows, but not built yet. */
  readonly later?: true;
}

/** Level of each core feature. A feature may import lower levels; its own level only by `sameLevelArrows`. */
export const coreLevels: Readonly<Record<string, number>> = {
  'sign-in': 4,
  overview: 4,
  // Asks the phones that a user already has, as any login does.
  onboarding: 4,
  authentication: 3,
  'administrator-directory': 3,
  factors: 2,
  policies: 2,
  approvals: 2,
  'push-subscriptions': 2,
  sms: 2,
  mail: 2,
  installation: 2,
  'user-files': 2,
  'user-sources': 2,
  'openid-providers': 2,
  scim: 2,
  scep: 2,
  'certificate-sources': 2,
  applications: 1,
  users: 1,
  devices: 1,
  certificates: 1,
  administrators: 1,
  backups: 1,
  'api-clients': 1,
  'radius-clients': 1,
  'home-servers': 1,
  profiles: 1,
  settings: 1,
  messages: 1,
  audit: 0,
  notifications: 0,
  permissions: 0,
  throttles: 0,
};

/** The exceptions within a level, each `[from, to]`, each with its reason in an ADR. None so far. */
export const sameLevelArrows: readonly (readonly [from: string, to: string])[] = [];

/** Core files whose values an adapter may import: interfaces that come with a constructor, a constant or an error. */
const coreInterfaces: Readonly<Record<string, readonly string[]>> = {
  authentication: ['primary-verifier.ts'],
  // The messages of SCEP are the same for both sides.
  certificates: ['ber.ts', 'certificate.ts', 'cms.ts', 'der.ts', 'public-key-use.ts', 'signed-message.ts'],
  // A test of a server is signed as its requests are.
  'certificate-sources': ['registrar.ts'],
  'push-subscriptions': ['push-endpoint.ts'],
  messages: ['gateway-address.ts', 'message-sender.ts'],
  sms: ['gsm-alphabet.ts'],
  throttles: ['fair-share.ts'],
  'user-sources': ['directory.ts'],
};

/** The one file of the product that may ask what time it is. */
export const clockFile = 'packages/server/src/platform/clock.ts';

/** A test, or what several tests share. Nothing else may import test support. */
export const testFile = /\.(?:test|test-support)\.[a-z]+$/;

/** What a test may import on top of its room: its whole package, the real peers, and these. */
export const testPackages: readonly string[] = [
  'vitest',
  'fast-check',
  '@seriousme/openapi-schema-validator',
  // What the authenticator reads and writes by itself, tests compare with somebody else's work.
  'jose',
];
export const testRooms: readonly string[] = ['testkit'];

/** What single features of the core need besides. */
const corePackages: Readonly<Record<string, readonly string[]>> = {
  administrators: ['@simplewebauthn/server', '@zxcvbn-ts/*'],
  devices: ['@simplewebauthn/server'],
  'user-files': ['csv-parse'],
};

const server = 'packages/server/src/';
const features = Object.keys(coreLevels);
const allOfCore = features.map((feature) => ({ room: `core/${feature}` }));

function room(name: string, at: string, is: string, may: Partial<Room>): Room {
  return { name, at, is, rooms: [], packages: [], node: 'all', time: 'parameter', ...may };
}

function grants(...names: readonly string[]): readonly Grant[] {
  return names.map((name) => ({ room: name }));
}

function coreRoom(feature: string): Room {
  const level = coreLevels[feature] ?? 0;
  const lower = features.filter((other) => (coreLevels[other] ?? 0) < level);
  const beside = sameLevelArrows.filter(([from]) => from === feature).map(([, to]) => to);
  const names = [...lower, ...beside].map((other) => `core/${other}`);
  return room(`core/${feature}`, `${server}core/${feature}/`, `Core, level ${level}.`, {
    rooms: grants(...names, 'db', 'platform', 'contract'),
    packages: ['kysely', 'jose', 'ipaddr.js', ...(corePackages[feature] ?? [])],
    node: 'no network',
  });
}

/** A door sees the engine and the application; its clients and home servers reach it as data, never as a store. */
const doorway: readonly Grant[] = [
  ...grants('core/authentication', 'core/applications', 'platform'),
  { room: 'core/radius-clients', values: ['radius-client.ts'] },
  { room: 'core/home-servers', values: ['home-server.ts'] },
];

const edges: readonly Room[] = [
  room('gateways/radius', `${server}gateways/radius/`, 'RADIUS packets to facts, outcomes to packets.', {
    rooms: [...grants('radius'), ...doorway],
  }),
  room('gateways/ldap', `${server}gateways/ldap/`, 'LDAP operations to facts, outcomes to results.', {
    rooms: [...grants('ldap'), ...doorway],
    later: true,
  }),
  room('http', `${server}http/`, 'REST edge: contract route to use case, problem responses.', {
    rooms: [...allOfCore, ...grants('platform', 'contract')],
    packages: ['fastify', '@fastify/*', 'fastify-type-provider-zod', 'zod', 'uqr'],
  }),
  room('connectors', `${server}connectors/`, 'Outbound adapters that implement interfaces of the core.', {
    rooms: [
      // The contract has the words for what went wrong out there.
      ...grants('radius', 'ldap', 'platform', 'contract'),
      ...features.map((feature) => ({ room: `core/${feature}`, values: coreInterfaces[feature] ?? [] })),
    ],
    packages: ['ldapts', 'nodemailer', 'openid-client'],
  }),
  room(
    'remote',
    `${server}remote/`,
    'The engine of a RADIUS door at another site: asks the server over HTTP.',
    {
      // No database: what it takes of the core are words, rules and the proofs that only their own files make.
      rooms: [
        ...grants('core/throttles', 'platform', 'contract'),
        {
          room: 'core/authentication',
          values: ['login.ts', 'remote-outcome.ts', 'unreachable-outcome.ts', 'conversation-state.ts'],
        },
        { room: 'core/radius-clients', values: ['network.ts'] },
        { room: 'http', values: ['metrics-route.ts'] },
      ],
      packages: ['zod'],
    },
  ),
  room('cli', `${server}cli/`, 'The `countersign` command line.', {
    // Connectors, because `doctor` asks home servers whether they are alive; zod, because options are derived from schemas.
    rooms: [
      ...allOfCore,
      ...grants('app', 'user-sources', 'remote-app', 'remote', 'connectors', 'db', 'platform', 'contract'),
    ],
    packages: ['commander', 'uqr', 'zod'],
  }),
];

const everything = [
  'gateways/radius',
  'gateways/ldap',
  'http',
  'connectors',
  'cli',
  ...features.map((feature) => `core/${feature}`),
  'db',
  'platform',
  'radius',
  'ldap',
  'contract',
];

const serverRooms: readonly Room[] = [
  room('main', `${server}main.ts`, 'Arguments to a command, nothing else.', { rooms: grants('app', 'cli') }),
  room('app', `${server}app.ts`, 'Composition root: builds and wires everything.', {
    rooms: grants(...everything, 'radius-door', 'user-sources', 'messages'),
  }),
  room('radius-door', `${server}open-radius-door.ts`, 'Part of the composition root: the RADIUS door.', {
    rooms: grants(...everything),
  }),
  room(
    'user-sources',
    `${server}open-user-sources.ts`,
    'Part of the composition root: what asks directories.',
    {
      rooms: grants(...everything),
    },
  ),
  room('messages', `${server}open-messages.ts`, 'Part of the composition root: what sends texts and mail.', {
    rooms: grants(...everything),
  }),
  room('remote-app', `${server}remote-app.ts`, 'Composition root of a RADIUS proxy at another site.', {
    rooms: [
      ...grants('remote', 'gateways/radius', 'connectors', 'core/throttles', 'platform'),
      { room: 'http', values: ['listeners.ts'] },
    ],
  }),
  ...edges,
  ...features.map(coreRoom),
  room('db', `${server}db/`, 'Database handle, the two dialects, tables, migrations.', {
    // Columns hold closed sets of words; the contract owns the words, so the tables may name their types.
    rooms: [...grants('platform'), { room: 'contract', values: [] }],
    packages: ['kysely', 'better-sqlite3', 'pg'],
  }),
  room('platform', `${server}platform/`, 'Clock, ids, random, vault, log, metrics, bus, config, lifecycle.', {
    // Problems and settings are tables of the contract; platform gives them their behaviour.
    rooms: grants('contract'),
    packages: ['pino', 'prom-client', '@node-rs/argon2', 'zod'],
  }),
];

const libraries: readonly Room[] = [
  room('radius', 'packages/radius/', 'RADIUS on the wire. No dependencies, no users.', {}),
  room('ldap', 'packages/ldap/', 'LDAPv3 on the wire. No dependencies, no users.', { later: true }),
  room('contract', 'packages/contract/', 'What server, console, authenticator and scripts agree on.', {
    packages: ['zod'],
    node: 'none',
  }),
  room('ui', 'packages/ui/', 'What the web apps have in common: colours, words, parts of screens.', {
    rooms: grants('ui/clock'),
    packages: ['preact'],
    node: 'none',
  }),
  room('ui/clock', 'packages/ui/src/clock.ts', 'The one file of the web apps that reads the time.', {
    node: 'none',
    time: 'reads',
  }),
  room('console', 'packages/console/', 'Administration console in the browser.', {
    rooms: grants('ui', 'ui/clock', 'contract'),
    packages: ['preact', '@tanstack/query-core', 'uqr'],
    node: 'none',
  }),
  room('console/build', 'packages/console/vite.config.ts', 'How the console is built.', {
    packages: ['vite'],
  }),
  room('authenticator', 'packages/authenticator/', 'The phone: an installable web app with the key.', {
    rooms: grants('ui', 'ui/clock', 'contract'),
    packages: ['idb', 'jsqr', 'preact'],
    node: 'none',
  }),
  room('authenticator/build', 'packages/authenticator/vite.config.ts', 'How the authenticator is built.', {
    packages: ['vite'],
  }),
];

const workbench: readonly Room[] = [
  room('testkit', 'packages/testkit/', 'Real peers for tests; knows the wire, never the server.', {
    rooms: grants('radius', 'ldap', 'contract'),
    packages: ['@peculiar/x509', 'commander', 'jose', 'oidc-provider', 'reflect-metadata', 'smtp-server'],
    time: 'reads',
  }),
  room('e2e', 'e2e/', 'Deployment scenarios: the real process, real peers.', {
    rooms: [
      ...grants('radius', 'ldap', 'contract', 'testkit'),
      // Directories have more faults than a whole server shows.
      { room: 'connectors', values: ['directories/directories.ts'] },
      { room: 'core/user-sources', values: [] },
      { room: 'platform', values: ['clock.ts', 'random.ts', 'secret.ts'] },
    ],
    packages: [...testPackages, 'axe-core', 'playwright-core', 'uqr'],
    time: 'reads',
  }),
  room('bench', 'bench/', 'Ratios against real peers measured in the same run.', {
    rooms: grants('radius', 'ldap', 'contract', 'testkit'),
    time: 'reads',
  }),
  room('scripts', 'scripts/', 'Checks, test runs, generated reference.', {
    rooms: grants('contract', 'http', 'cli', 'remote', 'platform', 'testkit'),
    packages: ['oxc-parser', 'knip', ...testPackages],
    time: 'reads',
  }),
  room('vitest.config.ts', 'vitest.config.ts', 'How unit and store suites run.', { packages: ['vitest'] }),
  room('knip.ts', 'knip.ts', 'What counts as dead code.', { packages: ['knip'] }),
];

export const rooms: readonly Room[] = [...libraries, ...serverRooms, ...workbench];
