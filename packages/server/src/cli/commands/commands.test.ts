// The commands that look after an installation as a whole, and the errors that come from its files.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { pretendNewerSchema } from '#db/on-both-databases.test-support.ts';
import { openSqlite } from '#db/sqlite.ts';
import { type Bench, createBench } from '../cli.test-support.ts';

let bench: Bench;
const dataFile = (name: string): string => join(bench.directory, 'data', name);
beforeEach(() => {
  bench = createBench();
});
afterEach(() => bench.remove());

async function install(): Promise<void> {
  await bench.run(['migrate']);
  await bench.run(['setup-link']);
}

test('migrate says what it ran, and the second time that there was nothing to do', async () => {
  const { ran } = await bench.json<{ ran: string[] }>(['migrate']);
  expect(ran.slice(0, 2)).toEqual(['first-tables', 'hot-path']);
  const again = await bench.run(['migrate']);
  expect([again.code, again.out]).toEqual([0, 'The schema is up to date.\n']);
});

test('a setup link is printed, and the one before no longer works', async () => {
  await install();
  const { out } = await bench.run(['setup-link']);
  expect(out).toMatch(/^http:\/\/localhost:8080\/console\/#\/setup\/csu_[A-Za-z0-9_-]{43}\n/);
});

test('openssl reads the authority’s certificate and its revocation list', async () => {
  await install();
  const [ca, pem, der] = ['ca.pem', 'crl.pem', 'crl.der'].map((name) => join(bench.directory, name));
  expect((await bench.run(['ca', 'show', '--chain', '--out', ca!])).code).toBe(0);
  writeFileSync(pem!, (await bench.run(['ca', 'crl'])).out);
  writeFileSync(der!, (await bench.run(['ca', 'crl', '--der'])).bytes);
  expect((await bench.run(['ca', 'crl', '--der'], { tty: true })).code).toBe(2);
  for (const input of [[pem!], [der!, '-inform', 'DER']]) {
    const { stderr } = spawnSync('openssl', ['crl', '-noout', '-CAfile', ca!, '-in', ...input], {
      encoding: 'utf8',
    });
    expect(stderr).toContain('verify OK');
  }
  const again = await bench.run(['ca', 'show', '--out', ca!]);
  expect([again.code, again.err]).toEqual([1, expect.stringContaining('cannot be written')]);
});

test('a trail that somebody changed is found, with exit code 1', async () => {
  await install();
  const db = openSqlite(dataFile('countersign.db'));
  await db.write((tx) => tx.deleteFrom('audit_heads').execute());
  await db.close();
  const { code, out } = await bench.run(['audit', 'verify']);
  expect(code).toBe(1);
  expect(out).toMatch(/^Broken: event \d+ of chain “main”: .+\.\n$/);
  expect(JSON.parse((await bench.run(['audit', 'verify', '--json'])).out)).toMatchObject({ kind: 'broken' });
});

test('the end of the chain, kept elsewhere, finds a database that was set back', async () => {
  await install();
  const older = readFileSync(dataFile('countersign.db'));
  await bench.run(['setup-link']);
  const [, end = ''] = (await bench.run(['audit', 'verify'])).out.split('\n');
  expect(end).toMatch(/^main:\d+:[A-Za-z0-9_-]{43}$/);
  await bench.run(['setup-link']);
  expect((await bench.run(['audit', 'verify', '--expect', end])).code).toBe(0);
  writeFileSync(dataFile('countersign.db'), older);
  expect((await bench.run(['audit', 'verify'])).code).toBe(0);
  const { code, out } = await bench.run(['audit', 'verify', '--expect', end]);
  expect([code, out]).toEqual([1, expect.stringContaining('set back')]);
  for (const odd of ['', 'main', 'main:0:x', `main:1:${'A'.repeat(42)}`])
    expect((await bench.run(['audit', 'verify', '--expect', odd])).code).toBe(2);
});

test('an audit trail that was emptied is no intact one', async () => {
  await install();
  const db = openSqlite(dataFile('countersign.db'));
  await db.write(async (tx) => {
    await tx.deleteFrom('audit_heads').execute();
    await tx.deleteFrom('audit_events').execute();
  });
  await db.close();
  const { code, out } = await bench.run(['audit', 'verify']);
  expect([code, out]).toEqual([1, expect.stringContaining('a whole chain was removed')]);
});

describe('what is wrong with the installation is one sentence and exit code 3', () => {
  const faults: Record<string, [() => void | Promise<void>, string]> = {
    'data directory open to others': [
      () => chmodSync(join(bench.directory, 'data'), 0o755),
      'Run: chmod 0700',
    ],
    'master key open to others': [() => chmodSync(dataFile('master.key'), 0o644), 'Run: chmod 0600'],
    'missing master key': [() => renameSync(dataFile('master.key'), dataFile('elsewhere')), 'is missing'],
    'unreadable master key': [
      () => writeFileSync(dataFile('master.key'), 'not a key'),
      'holds no master key',
    ],
    'another master key': [
      () => writeFileSync(dataFile('master.key'), `${Buffer.alloc(32, 7).toString('base64url')}\n`),
      'is not the one this database was made with',
    ],
    'no database file': [() => writeFileSync(dataFile('countersign.db'), 'x'.repeat(5000)), 'The database'],
    'newer schema': [
      async () => {
        const db = openSqlite(dataFile('countersign.db'));
        await pretendNewerSchema(db);
        await db.close();
      },
      'The database has schema 999',
    ],
  };
  test.each(Object.entries(faults))('%s', async (_name, [damage, words]) => {
    await install();
    await damage();
    const before = readFileSync(dataFile('countersign.db'));
    const { code, out, err } = await bench.run(['applications', 'list']);
    expect(err).toContain(words);
    expect([code, out]).toEqual([3, '']);
    expect(err).toMatch(/^countersign: [^\n]+\n$/);
    expect(readFileSync(dataFile('countersign.db')).equals(before)).toBe(true);
    const doctor = await bench.run(['doctor']);
    expect([doctor.code, doctor.err]).toEqual([1, '']);
  });
});

test('a command in the wrong directory makes nothing there', async () => {
  const { code, err } = await bench.run(['applications', 'list']);
  expect(code).toBe(3);
  expect(err).toContain('There is no installation in');
  expect(existsSync(join(bench.directory, 'data'))).toBe(false);
});
