// The administrator's journey at the command line, on both databases: make, list, show, change, delete.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ApiClient, Application, OnboardingLink, User } from '@countersign/contract/models.ts';
import type { HomeServer, RadiusClient } from '@countersign/contract/radius-models.ts';
import type { SettingItem } from '@countersign/contract/settings.ts';
import type { Team } from '@countersign/contract/team-models.ts';
import { createPostgresDatabase } from '#db/on-both-databases.test-support.ts';
import { type Bench, createBench } from '../cli.test-support.ts';

describe('SQLite', () => journey(async () => ({ bench: createBench(), drop: async () => undefined })));

describe.skipIf(process.env.TEST_POSTGRES_URL === undefined)('PostgreSQL', () =>
  journey(async () => {
    const { url, drop } = await createPostgresDatabase(process.env.TEST_POSTGRES_URL ?? '');
    return { bench: createBench(url), drop };
  }),
);

interface List<T> {
  readonly items: readonly T[];
  readonly more: boolean;
}

const password = 'planted-password-1';
const secret = 'planted-shared-secret-1';
const alice = ['--application', 'vpn', '--username', 'ALICE'];

function journey(open: () => Promise<{ bench: Bench; drop(): Promise<void> }>): void {
  let bench: Bench;
  let drop: () => Promise<void>;
  beforeAll(async () => {
    ({ bench, drop } = await open());
    expect((await bench.run(['migrate'])).out).toMatch(/^Ran .+\.\n$/);
  });
  afterAll(async () => {
    await bench.remove();
    await drop();
  });

  test('settings: listed, set, put back, cleaned up', async () => {
    const one = async (...args: readonly string[]) => {
      const { items } = await bench.json<{ items: SettingItem[] }>(['settings', ...args]);
      return items.find(({ name }) => name === 'request_seconds');
    };
    expect(await one('list')).toMatchObject({ value: 60, state: 'default' });
    const set = (value: string) => bench.run(['settings', 'set', 'request_seconds', value]);
    expect((await set('90')).out).toContain('changed');
    const made = await bench.json<Application>(['applications', 'create', '--name', 'By setting']);
    expect(made).toMatchObject({ request_seconds: 90 });
    await set('60');
    expect(await one('list')).toMatchObject({ value: 60, state: 'set_to_default' });
    expect(await one('clean-up')).toMatchObject({ value: 60, state: 'default' });
    await set('90');
    const back = await bench.json<SettingItem>(['settings', 'reset', 'request_seconds']);
    expect(back).toMatchObject({ value: 60, state: 'default' });
    expect((await set('9')).err).toContain('from 10 to 600');
    expect([(await set('many')).code, (await bench.run(['settings', 'set', 'nothing', '1'])).code]).toEqual([
      2, 2,
    ]);
  });

  test('an application, found by name, access id and id', async () => {
    const made = await bench.json<Application>(['applications', 'create', '--name', 'VPN']);
    expect(made).toMatchObject({ name: 'VPN', request_seconds: 60, device_limit: 1, enabled: true });
    for (const name of ['vpn', made.access_id, made.id])
      expect(await bench.json(['applications', 'show', name])).toMatchObject({ id: made.id });
    const changed = await bench.json([
      'applications',
      'change',
      'VPN',
      '--no-enabled',
      '--request-seconds',
      '90',
    ]);
    expect(changed).toMatchObject({ enabled: false, request_seconds: 90 });
    const again = await bench.run(['applications', 'create', '--name', 'ＶＰＮ']);
    expect([again.code, again.out]).toEqual([1, '']);
    expect(again.err).toContain('The name is taken.');
    const risky = await bench.run([
      ...['applications', 'change', 'VPN', '--unreachable-grace-seconds', '900'],
    ]);
    expect([risky.code, risky.out + risky.err]).toEqual([
      0,
      expect.stringContaining('Warning: whoever cuts the line'),
    ]);
    const safe = await bench.run(['applications', 'change', 'VPN', '--unreachable-grace-seconds', '0']);
    expect(safe.out + safe.err).not.toContain('Warning');
  });

  test('a user with a password from standard input, which shows nowhere', async () => {
    const argv = [
      'users',
      'create',
      '--application',
      'VPN',
      '--username',
      'alice',
      '--team',
      'ops',
      '--password-stdin',
    ];
    const { out, err, code } = await bench.run(argv, { stdin: `${password}\n` });
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/has password +yes/);
    expect(out).not.toContain(password);
    const shown = await bench.json<User>(['users', 'show', ...alice]);
    expect(shown).toMatchObject({
      username: 'alice',
      teams: ['ops'],
      has_password: true,
      device_limit: null,
    });
    expect(await bench.json(['users', 'show', shown.id])).toEqual(shown);
  });

  test('a user is changed, renamed, and loses the password', async () => {
    const change = ['users', 'change', ...alice, '--device-limit', '3', '--team', 'none', '--no-password'];
    expect(await bench.json(change)).toMatchObject({ device_limit: 3, teams: [], has_password: false });
    const renamed = await bench.json([
      'users',
      'change',
      ...alice,
      '--new-username',
      'Alicia',
      '--device-limit',
      'none',
    ]);
    expect(renamed).toMatchObject({ username: 'Alicia', device_limit: null });
    await bench.json([
      'users',
      'change',
      '--application',
      'VPN',
      '--username',
      'alicia',
      '--new-username',
      'alice',
    ]);
    for (const name of ['release-requests', 'clear-hold'])
      expect(await bench.json(['users', name, ...alice])).toMatchObject({ requests_held: false });
  });

  test('lists are tables for people, follow pages, and stop at the limit', async () => {
    for (let i = 0; i < 3; i++)
      await bench.json(['users', 'create', '--application', 'VPN', '--username', `user-${i}`]);
    const { out } = await bench.run(['users', 'list', '--application', 'VPN']);
    const lines = out.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^ID +USERNAME +FULL NAME/);
    expect(lines).toHaveLength(5);
    const two = await bench.json<List<User>>(['users', 'list', '--limit', '2']);
    expect([two.items.length, two.more]).toEqual([2, true]);
    const found = await bench.json<List<User>>(['users', 'list', '--search', 'USER-1']);
    expect(found.items.map(({ username }) => username)).toEqual(['user-1']);
    await bench.json([
      ...['users', 'change', '--application', 'VPN', '--username', 'user-2'],
      '--team',
      'Ops',
    ]);
    const ofTeam = ['users', 'list', '--team'];
    const named = await bench.json<List<User>>([...ofTeam, 'ops', '--application', 'VPN']);
    expect(named.items.map(({ username }) => username)).toEqual(['user-2']);
    const [team] = (await bench.json<List<Team>>(['teams', 'list', 'VPN'])).items;
    expect(await bench.json([...ofTeam, team!.id])).toEqual(named);
    expect((await bench.run([...ofTeam, 'ops'])).err).toContain('only with --application');
    expect((await bench.run([...ofTeam, 'other', '--application', 'VPN'])).err).toContain('no team “other”');
    expect((await bench.run(['users', 'list', '--limit', '2'])).err).toContain('Only the first 2 are shown');
    expect((await bench.run(['devices', 'list', ...alice])).out).toBe('No devices.\n');
  });

  test('an onboarding link is shown once, as a QR code on a terminal', async () => {
    const plain = await bench.run(['onboarding-links', 'create', ...alice]);
    expect(plain.out).toMatch(/Link, shown only now:\n\n {2}http:\/\/localhost:8080\/onboard#cso_/);
    expect(plain.out).not.toContain('█');
    expect((await bench.run(['onboarding-links', 'create', ...alice], { tty: true })).out).toContain('█');
    // Without a public URL the link is for this machine.
    expect(plain.out).toContain('A phone cannot reach this address');
    expect(plain.out).toContain('COUNTERSIGN_PUBLIC_URL');
    const env = { COUNTERSIGN_PUBLIC_URL: 'https://mfa.example.com' };
    const reachable = await bench.run(['onboarding-links', 'create', ...alice], { env });
    expect(reachable.out).toContain('https://mfa.example.com/onboard#');
    expect(reachable.out).not.toContain('A phone cannot');
    expect(
      (await bench.run(['onboarding-links', 'create', ...alice, '--no-qr'], { tty: true })).out,
    ).not.toContain('█');
    const list = await bench.json<List<OnboardingLink>>(['onboarding-links', 'list', ...alice]);
    expect(list.items).toHaveLength(4);
    const id = list.items[0]!.id;
    const withdrawn = await bench.run(['onboarding-links', 'delete', id], { tty: true, stdin: 'yes\n' });
    expect([withdrawn.code, withdrawn.out]).toEqual([0, `Deleted onboarding link ${id}.\n`]);
    const gone = await bench.run(['onboarding-links', 'delete', id, '--yes']);
    expect([gone.code, gone.err]).toEqual([1, 'countersign: Nothing has this id.\n']);
  });

  test('home servers and RADIUS clients name each other, and secrets stay where they belong', async () => {
    const env = { PLANTED: secret };
    const create = [
      'home-servers',
      'create',
      '--name',
      'r1',
      '--address',
      '192.0.2.1',
      '--shared-secret-env',
      'PLANTED',
    ];
    const server = await bench.run([...create, '--message-authenticator', 'off'], { env });
    expect(server.out).toContain('CVE-2024-3596');
    expect(server.out + server.err).not.toContain(secret);
    const { id } = await bench.json<HomeServer>(['home-servers', 'show', 'R1']);
    const radius = [
      'radius-clients',
      'create',
      '--application',
      'VPN',
      '--network',
      '192.0.2.10',
      '--home-server',
      'r1',
    ];
    const generated = await bench.json<RadiusClient & { shared_secret: string }>([...radius, '--name', 'gw']);
    expect(generated).toMatchObject({ home_server_ids: [id], network: '192.0.2.10/32' });
    expect(generated.shared_secret).toMatch(/^[A-Za-z0-9]{32}$/);
    expect(Object.keys(await bench.json(['radius-clients', 'show', 'gw']))).not.toContain('shared_secret');
    const own = ['--name', 'gw2', '--network', '192.0.2.11', '--shared-secret-stdin', '--json'];
    const given = await bench.run(['radius-clients', 'create', '--application', 'VPN', ...own], {
      stdin: secret,
    });
    expect([given.code, given.out.includes(secret)]).toEqual([0, false]);
    const used = await bench.run(['home-servers', 'delete', 'r1', '--yes']);
    expect([used.code, used.err]).toEqual([1, 'countersign: It is still in use. A RADIUS client uses it.\n']);
    expect(await bench.json(['radius-clients', 'change', 'gw', '--home-server', 'none'])).toMatchObject({
      home_server_ids: [],
    });
    expect(await bench.json(['home-servers', 'delete', 'r1', '--yes'])).toEqual({ id, deleted: true });
  });

  test.each([
    [
      ['radius-clients', 'create', '--application', 'VPN', '--name', 'x', '--network', '192.0.2.300'],
      2,
      '--network must',
    ],
    [
      ['radius-clients', 'create', '--application', 'VPN', '--name', 'x', '--network', '192.0.2.10'],
      1,
      'network is taken',
    ],
    [
      ['radius-clients', 'create', '--application', 'nope', '--name', 'x', '--network', '::1'],
      1,
      'There is no application “nope”.',
    ],
    [['radius-clients', 'change', 'gw', '--home-server', 'nope'], 1, 'There is no home server “nope”.'],
    [['users', 'show', '--application', 'VPN', '--username', 'nobody'], 1, 'There is no user “nobody”'],
    [['users', 'create', '--application', 'VPN', '--username', 'x', '--password-env', 'UNSET'], 2, 'not set'],
  ] as const)('%j is refused', async (argv, code, words) => {
    const ran = await bench.run(argv);
    expect(ran.err).toContain(words);
    expect([ran.code, ran.out]).toEqual([code, '']);
  });

  test('an API client’s secret is shown once', async () => {
    const made = await bench.run([
      'api-clients',
      'create',
      '--name',
      'helpdesk',
      '--scope',
      'users',
      '--scope',
      'devices',
    ]);
    expect(made.out).toMatch(/Client secret, shown only now:\n\n {2}css_/);
    const changed = await bench.json<ApiClient>(['api-clients', 'change', 'helpdesk', '--scope', 'audit']);
    expect(changed.scopes).toEqual(['audit']);
    expect((await bench.run(['api-clients', 'show', 'helpdesk'])).out).not.toContain('css_');
  });

  test('what destroys asks for the name, and only the name will do', async () => {
    const shy = await bench.run(['applications', 'delete', 'VPN'], { tty: true, stdin: 'yes\n' });
    expect([shy.code, shy.out]).toEqual([1, '']);
    expect(shy.err).toContain('Type VPN to confirm');
    expect(shy.err).toContain('Not confirmed; nothing was changed.');
    const ended = await bench.run(['applications', 'delete', 'VPN'], { tty: true });
    expect(ended.code).toBe(1);
    const sure = await bench.run(['applications', 'delete', 'VPN'], { tty: true, stdin: 'vpn\n' });
    expect(sure.code).toBe(0);
    expect((await bench.json<List<User>>(['users', 'list'])).items).toEqual([]);
  });

  test('everything is in the audit trail, as done at the console, and the trail is intact', async () => {
    const { items } = await bench.json<List<{ event: string; actor_kind: string }>>(['audit', 'list']);
    expect(items[0]).toMatchObject({ event: 'application.deleted', actor_kind: 'console' });
    const only = await bench.json<List<{ event: string }>>(['audit', 'list', '--event', 'user.created']);
    expect(only.items).toHaveLength(4);
    expect((await bench.run(['audit', 'verify'])).out).toMatch(
      /^Intact: \d+ events in 1 chain\.\nmain:\d+:[A-Za-z0-9_-]{43}\n$/,
    );
    expect(JSON.stringify(items)).not.toMatch(/planted/);
  });
}
