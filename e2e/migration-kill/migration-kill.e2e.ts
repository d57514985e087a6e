// Killed before every statement of a migration, and run again: always the same end. And several nodes that migrate at once.
import { chmodSync, copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CommandResult, newInstallation } from '@countersign/testkit/peers/server-process.ts';
import { testScale } from '@countersign/testkit/scale.ts';
import { startProgram } from '@countersign/testkit/peers/child-process.ts';
import { findPostgres } from '@countersign/testkit/peers/postgres.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases, type ScenarioDatabase } from '../databases.ts';
import { type Content, contentOf, loadInto } from './content.ts';

const fixture = join(import.meta.dirname, 'fixture');
const firstRelease = readFileSync(join(fixture, 'first-release.sql'), 'utf8');
const hook = join(import.meta.dirname, 'kill-at-statement.ts');
/** For each database and beginning; with more of them than statements, each is one. */
const kills = Math.round(4 * testScale());
const killMs = 15_000;

afterAll(() => Promise.all(databases.map((database) => database.stop())));

interface Place {
  readonly stored: { readonly databaseUrl: string | undefined; readonly dataDirectory: string };
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<CommandResult>;
  remove(): void;
}

async function newPlace(database: ScenarioDatabase, statements: string): Promise<Place> {
  const databaseUrl = await database.create();
  const installation = await newInstallation({ databaseUrl });
  const { dataDirectory } = installation;
  mkdirSync(dataDirectory, { mode: 0o700 });
  const stored = { databaseUrl, dataDirectory };
  if (statements !== '') {
    await loadInto(stored, statements);
    copyFileSync(join(fixture, 'first-release.key'), join(dataDirectory, 'master.key'));
    chmodSync(join(dataDirectory, 'master.key'), 0o600);
  }
  return {
    stored,
    run: (args, env) => installation.countersign(args, env ? { env } : {}),
    remove: () => installation.remove(),
  };
}

const beginnings = [
  { beginning: 'the first release', statements: firstRelease },
  { beginning: 'nothing', statements: '' },
];
const cases = databases
  .filter(({ here }) => here)
  .flatMap((database) => beginnings.map((each) => ({ ...each, database, name: database.name })));

describe.each(cases)('from $beginning, on $name', ({ database, statements }) => {
  let unkilled: Content;
  let count: number;
  beforeAll(async () => {
    const place = await newPlace(database, statements);
    const ran = await place.run(['migrate'], { NODE_OPTIONS: `--import ${hook}` });
    expect(ran.code).toBe(0);
    expect(ran.stdout).toMatch(/^Ran /);
    count = Number(/statements: (\d+)/.exec(ran.stderr)?.[1]);
    unkilled = await contentOf(place.stored);
    place.remove();
  });

  test(
    'it resumes, wherever it was killed',
    async () => {
      const step = Math.max(1, (count - 1) / (kills - 1));
      const moments = new Set(
        Array.from({ length: kills }, (_, n) => Math.min(count, Math.round(1 + n * step))),
      );
      for (const moment of moments) {
        const place = await newPlace(database, statements);
        const killed = await place.run(['migrate'], {
          NODE_OPTIONS: `--import ${hook}`,
          TEST_KILL_AT: String(moment),
        });
        expect([moment, killed.code]).toEqual([moment, 'SIGKILL']);
        expect([moment, await place.run(['migrate'])]).toMatchObject([moment, { code: 0, stderr: '' }]);
        expect([moment, await contentOf(place.stored)]).toEqual([moment, unkilled]);
        place.remove();
      }
      console.log(`${database.name}: killed at ${moments.size} of ${count} statements`);
    },
    kills * killMs,
  );

  test('of several that begin at the same moment, each ends well, and each migration ran once', async () => {
    const place = await newPlace(database, statements);
    const results = await Promise.all([1, 2, 3].map(() => place.run(['migrate', '--json'])));
    for (const { code, stderr } of results) expect([code, stderr]).toEqual([0, '']);
    const ran = results.flatMap(({ stdout }) => (JSON.parse(stdout) as { ran: string[] }).ran);
    expect(new Set(ran).size).toBe(ran.length);
    expect(await contentOf(place.stored)).toEqual(unkilled);
    place.remove();
  });
});

test.each(databases.filter(({ here }) => here))(
  'the audit trail of the first release still verifies on $name',
  async (database) => {
    const place = await newPlace(database, firstRelease);
    expect(await place.run(['audit', 'verify'])).toMatchObject({ code: 0, stderr: '' });
    place.remove();
  },
);

/** Longer than a statement of a login may take. */
const longMigrationMs = 11_000;

test.skipIf(findPostgres() === undefined)('a node waits as long as another one needs', async () => {
  const [, database] = databases;
  if (!database) return;
  const place = await newPlace(database, firstRelease);
  const url = place.stored.databaseUrl ?? '';
  const lockNumber = 0x436f_756e;
  const other = await startProgram([join(findPostgres() ?? '', 'psql'), '-X', '-q', '-A', '-t', url]);
  other.write(`begin; select pg_advisory_xact_lock(${lockNumber}); select 'locked';\n`);
  await other.until('it has the lock', () => (other.stdout().includes('locked') ? true : undefined));
  const began = performance.now();
  const waiting = place.run(['migrate']);
  setTimeout(() => other.write('commit;\n\\q\n'), longMigrationMs);
  expect(await waiting).toMatchObject({ code: 0, stderr: '' });
  expect(performance.now() - began).toBeGreaterThan(longMigrationMs);
  await other.ended;
  place.remove();
});
