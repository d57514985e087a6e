// Proves that every kind of forbidden import is caught, with a message that helps, and that this repository has none.
import { cpSync, globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { checkArrows, formatFinding } from './check-arrows.ts';
import { coreLevels, rooms, sameLevelArrows } from './rooms.ts';

const repository = join(import.meta.dirname, '../..');
const server = 'packages/server/src';
const trees: string[] = [];

afterEach(() => {
  for (const tree of trees.splice(0)) rmSync(tree, { recursive: true });
});

/** A throw-away repository with our real manifests (the import maps) and the given files. */
function plant(files: Readonly<Record<string, string>>): string {
  const tree = mkdtempSync(join(tmpdir(), 'arrows-'));
  trees.push(tree);
  for (const manifest of globSync(['packages/*/package.json', 'e2e/package.json'], { cwd: repository })) {
    cpSync(join(repository, manifest), join(tree, manifest));
  }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), text);
  }
  return tree;
}

function messages(files: Readonly<Record<string, string>>): readonly string[] {
  return checkArrows(plant(files)).findings.map(formatFinding);
}

/** [what is forbidden, where, the code, the rule that must answer] */
const forbidden: readonly (readonly [string, string, string, string])[] = [
  [
    'a codec that knows the contract',
    'packages/radius/src/a.ts',
    "import '@countersign/contract/a.ts';",
    'room',
  ],
  ['a codec with a dependency', 'packages/radius/src/a.ts', "import x from 'ipaddr.js';", 'package'],
  [
    'the future LDAP codec with users',
    'packages/ldap/src/a.ts',
    "import '@countersign/contract/a.ts';",
    'room',
  ],
  ['a contract that needs Node', 'packages/contract/src/a.ts', "import 'node:fs';", 'node'],
  ['a contract with another library', 'packages/contract/src/a.ts', "import 'fastify';", 'package'],
  ['a console that reaches the codec', 'packages/console/src/a.ts', "import '@countersign/radius';", 'room'],
  ['an authenticator that needs Node', 'packages/authenticator/src/a.ts', "import 'node:crypto';", 'node'],
  [
    'a testkit that knows the server',
    'packages/testkit/src/a.ts',
    "import '../../server/src/app.ts';",
    'room',
  ],
  [
    'a scenario that knows the server',
    'e2e/x/x.e2e.ts',
    "import '../../packages/server/src/app.ts';",
    'room',
  ],
  ['a use case that wires', `${server}/http/a.ts`, "import { start } from '#app';", 'room'],
  ['a platform that knows storage', `${server}/platform/a.ts`, "import '#db/db.ts';", 'room'],
  ['a platform that knows the core', `${server}/platform/a.ts`, "import '#core/users/user.ts';", 'room'],
  [
    'a database that knows the core',
    `${server}/db/a.ts`,
    "import type { U } from '#core/users/user.ts';",
    'room',
  ],
  [
    'a database that runs the contract',
    `${server}/db/a.ts`,
    "import { p } from '@countersign/contract/a.ts';",
    'types-only',
  ],
  ['a gateway with SQL', `${server}/gateways/radius/a.ts`, "import '#db/db.ts';", 'room'],
  ['a gateway that asks a factor', `${server}/gateways/radius/a.ts`, "import '#core/factors/a.ts';", 'room'],
  [
    'a gateway that reads its clients by itself',
    `${server}/gateways/radius/a.ts`,
    "import { list } from '#core/radius-clients/radius-clients-store.ts';",
    'types-only',
  ],
  ['an HTTP handler with SQL', `${server}/http/a.ts`, "import '#db/db.ts';", 'room'],
  ['an HTTP handler that calls out', `${server}/http/a.ts`, "import '#connectors/a.ts';", 'room'],
  [
    'a connector that runs the core',
    `${server}/connectors/a.ts`,
    "import { u } from '#core/users/user.ts';",
    'types-only',
  ],
  ['a connector with SQL', `${server}/connectors/a.ts`, "import 'kysely';", 'package'],
  ['a core that knows HTTP', `${server}/core/users/a.ts`, "import '#http/a.ts';", 'room'],
  ['a core that knows a gateway', `${server}/core/users/a.ts`, "import '#gateways/radius/a.ts';", 'room'],
  ['a core that knows a connector', `${server}/core/users/a.ts`, "import '#connectors/a.ts';", 'room'],
  ['a core that knows a codec', `${server}/core/users/a.ts`, "import '@countersign/radius';", 'room'],
  ['a core that opens sockets', `${server}/core/users/a.ts`, "import 'node:dgram';", 'node'],
  ['a core that validates', `${server}/core/users/a.ts`, "import { z } from 'zod';", 'package'],
  ['a core that climbs', `${server}/core/users/a.ts`, "import '#core/approvals/a.ts';", 'core-level'],
  [
    'a core that climbs by types',
    `${server}/core/audit/a.ts`,
    "import type { U } from '#core/users/user.ts';",
    'core-level',
  ],
  [
    'a core that climbs by import()',
    `${server}/core/audit/a.ts`,
    "await import('#core/users/user.ts');",
    'core-level',
  ],
  [
    'a core that climbs by a type query',
    `${server}/core/audit/a.ts`,
    "type U = import('../users/user.ts').U;",
    'core-level',
  ],
  [
    'a core that climbs by re-export',
    `${server}/core/audit/a.ts`,
    "export * from '#core/users/user.ts';",
    'core-level',
  ],
  [
    'a core that leans on its neighbour',
    `${server}/core/users/a.ts`,
    "import '#core/devices/a.ts';",
    'core-level',
  ],
  ['a second home for fastify', `${server}/cli/a.ts`, "import fastify from 'fastify';", 'package'],
  ['a second home for its plugins', `${server}/app.ts`, "import '@fastify/helmet';", 'package'],
  ['a second home for SQLite', `${server}/core/users/a.ts`, "import 'better-sqlite3';", 'package'],
  ['a second home for PostgreSQL', `${server}/app.ts`, "import pg from 'pg';", 'package'],
  [
    'product code that imports test help',
    `${server}/core/users/a.ts`,
    "import '#db/both.test-support.ts';",
    'test-support',
  ],
  [
    'product code that imports the testkit',
    `${server}/app.ts`,
    "import '@countersign/testkit/a.ts';",
    'room',
  ],
  ['product code that imports vitest', `${server}/db/a.ts`, "import 'vitest';", 'package'],
  [
    'a package that imports the scripts',
    `${server}/cli/a.ts`,
    "import '../../../../scripts/check.ts';",
    'room',
  ],
  ['a relative way into another room', `${server}/http/a.ts`, "import '../platform/log.ts';", 'relative'],
  [
    'a relative way into another package',
    `${server}/app.ts`,
    "import '../../radius/src/index.ts';",
    'relative',
  ],
  ['a name outside the imports map', `${server}/http/a.ts`, "import '#nowhere/a.ts';", 'unresolved'],
  [
    'a computed import',
    `${server}/db/a.ts`,
    'export const load = (n: string) => import(n);',
    'computed-import',
  ],
  ['a Node module without prefix', `${server}/platform/a.ts`, "import 'fs';", 'node-prefix'],
  ['a barrel', `${server}/core/users/index.ts`, 'export const a = 1;', 'barrel'],
  ['a folder without a room', `${server}/helpers/a.ts`, 'export const a = 1;', 'unknown-room'],
  ['a core feature without a level', `${server}/core/payments/a.ts`, 'export const a = 1;', 'unknown-room'],
  ['a way into a folder without a room', `${server}/app.ts`, "import './helpers/a.ts';", 'unknown-room'],
  ['Date.now() outside the clock', `${server}/core/users/a.ts`, 'export const n = Date.now();', 'clock'],
  ['globalThis.Date.now', `${server}/core/users/a.ts`, 'export const n = globalThis.Date.now;', 'clock'],
  ['new Date() outside the clock', `${server}/http/a.ts`, 'export const n = new Date();', 'clock'],
  [
    'performance.now() in a codec',
    'packages/radius/src/a.ts',
    'export const n = performance.now();',
    'clock',
  ],
  [
    'process.hrtime.bigint()',
    `${server}/platform/a.ts`,
    'export const n = process.hrtime.bigint();',
    'clock',
  ],
  ['Math.random() in the product', `${server}/platform/clock.ts`, 'export const n = Math.random();', 'dice'],
  ['Math.random() in a test', `${server}/core/users/a.test.ts`, 'export const n = Math.random();', 'dice'],
  ['Math.random() in a script', 'scripts/a.ts', 'export const n = Math.random();', 'dice'],
  ['a file that does not parse', 'scripts/a.ts', 'export const = 1;', 'syntax'],
];

describe('a forbidden import fails, with file, line, rule and remedy', () => {
  test.each(forbidden)('%s', (_what, file, code, rule) => {
    const answer = messages({ [file]: code }).find((message) => message.startsWith(`${file}:1  ${rule}: `));
    expect(answer).toMatch(/: .+\. Remedy: .+\.$/);
  });

  test('the line is the line of the import', () => {
    const code = "// one\nimport a from '#platform/log.ts';\nimport {\n  b,\n} from '#db/db.ts';\n";
    expect(messages({ [`${server}/http/a.ts`]: code })).toEqual([
      expect.stringMatching(/^packages\/server\/src\/http\/a\.ts:3 {2}room: http may not import db /),
    ]);
  });

  test('a ring of files, even of types, is one finding that names the whole ring', () => {
    const found = messages({
      [`${server}/core/users/a.ts`]: "import type { B } from './b.ts';\nexport type A = B;",
      [`${server}/core/users/b.ts`]: "\nimport { c } from './c.ts';\nexport type B = typeof c;",
      [`${server}/core/users/c.ts`]: "import type { A } from '#core/users/a.ts';\nexport const c: A = 1;",
    });
    const ring = ['a.ts', 'b.ts', 'c.ts', 'a.ts'].map((name) => `${server}/core/users/${name}`).join(' → ');
    expect(found).toEqual([expect.stringContaining(`${server}/core/users/a.ts:1  cycle: `)]);
    expect(found[0]).toContain(ring);
  });
});

test('what the picture allows passes', () => {
  const found = messages({
    'packages/radius/src/packet.ts':
      "import { createHmac } from 'node:crypto';\nexport const a = createHmac;",
    [`${server}/main.ts`]: "import { run } from '#cli/run.ts';\nrun();",
    [`${server}/cli/run.ts`]:
      "import { app } from '#app';\nimport { Command } from 'commander';\nexport const run = app;",
    [`${server}/app.ts`]:
      "import '#http/a.ts';\nimport '#gateways/radius/a.ts';\nexport const app = () => {};",
    [`${server}/http/a.ts`]:
      "import fastify from 'fastify';\nimport helmet from '@fastify/helmet';\nimport '@countersign/contract/a.ts';",
    [`${server}/gateways/radius/a.ts`]:
      "import { x } from '@countersign/radius';\nimport type { C } from '#core/radius-clients/store.ts';\nimport { c } from '#core/radius-clients/radius-client.ts';",
    [`${server}/connectors/a.ts`]: "import type { P } from '#core/authentication/primary-verifier.ts';",
    [`${server}/core/authentication/a.ts`]:
      "import '#core/users/user.ts';\nimport '../audit/audit.ts';\nimport '#db/db.ts';",
    [`${server}/core/users/a.test.ts`]:
      "import { test } from 'vitest';\nimport fc from 'fast-check';\nimport '#http/a.ts';\nimport '#db/both.test-support.ts';\nimport '@countersign/testkit/nas.ts';\nconst now = Date.now();",
    [`${server}/db/both.test-support.ts`]:
      "import { test } from 'vitest';\nimport '@countersign/testkit/pg.ts';",
    [`${server}/db/tables.ts`]: "import type { S } from '@countersign/contract/models.ts';",
    [`${server}/platform/problem.ts`]: "import { problems } from '@countersign/contract/problems.ts';",
    [`${server}/platform/clock.ts`]: 'export const clock = () => Date.now();',
    [`${server}/platform/format.ts`]:
      "// Date.now() in a comment\nexport const text = 'Math.random()';\nexport const iso = (at: number) => new Date(at).toISOString();",
  });
  expect(found).toEqual([]);
});

test('this repository passes', () => {
  const { files, findings } = checkArrows(repository);
  expect(findings.map(formatFinding)).toEqual([]);
  expect(files).toBeGreaterThan(5);
});

describe('the table itself', () => {
  test('every arrow leads to a room that exists', () => {
    const names = new Set(rooms.map(({ name }) => name));
    for (const room of rooms) {
      for (const grant of room.rooms) expect(names, `${room.name} → ${grant.room}`).toContain(grant.room);
    }
  });

  test('exceptions stay within one level', () => {
    for (const [from, to] of sameLevelArrows) expect(coreLevels[from]).toBe(coreLevels[to]);
  });
});
