// Backup and restore as an administrator types them: files, keys, locks, and what is said about them.
import { copyFileSync, existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Bench, createBench } from '../cli.test-support.ts';

let bench: Bench;
let other: Bench;
let file: string;
beforeEach(async () => {
  [bench, other] = [createBench(), createBench()];
  file = join(bench.directory, 'backup.csb');
  await bench.run(['migrate']);
  await bench.run(['applications', 'create', '--name', 'VPN']);
});
afterEach(async () => {
  await bench.remove();
  await other.remove();
});

const dataFile = (of: Bench, name: string): string => join(of.directory, 'data', name);

function carryKey(): void {
  mkdirSync(join(other.directory, 'data'), { mode: 0o700 });
  copyFileSync(dataFile(bench, 'master.key'), dataFile(other, 'master.key'));
}

test('a backup says what is in it and what is not, and is restored on another machine with the key', async () => {
  const made = await bench.run(['backup', file]);
  expect([made.code, made.out]).toEqual([
    0,
    expect.stringMatching(/^Wrote .+ master key [0-9a-f]{16}\.\nmain:\d+:/),
  ]);
  expect(made.err).toMatch(
    /^The master key \([0-9a-f]{16}\) is not in it\. Keep a copy of .+master\.key in another place/,
  );
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect((await bench.run(['backup', file])).err).toContain('exists already');
  const verified = await bench.run(['backup', 'verify', file]);
  expect([verified.code, verified.out]).toEqual([0, expect.stringContaining('is whole and unchanged')]);
  carryKey();
  const restored = await other.run(['restore', file]);
  expect([restored.code, restored.err]).toEqual([0, '']);
  expect(restored.out).toContain('The audit trail is intact; it ends at:\nmain:');
  const [, end = ''] = made.out.split('\n');
  expect((await other.run(['audit', 'verify', '--expect', end])).code).toBe(0);
  expect((await other.json<{ items: unknown[] }>(['applications', 'list'])).items).toHaveLength(1);
  const { items } = await other.json<{ items: { event: string }[] }>(['audit', 'list']);
  expect(items[0]).toMatchObject({ event: 'installation.restored', actor_kind: 'console' });
});

test('a backup into a folder that is not there says so', async () => {
  const folder = join(bench.directory, 'nowhere');
  const { code, out, err } = await bench.run(['backup', join(folder, 'backup.csb')]);
  expect([code, out]).toEqual([1, '']);
  expect(err).toContain(`there is no folder ${folder}. Make it first`);
  expect(err).not.toContain('ENOENT');
  expect(existsSync(folder)).toBe(false);
});

test('a restore without the key names the key, and makes none', async () => {
  await bench.run(['backup', file]);
  for (const command of [
    ['restore', file],
    ['backup', 'verify', file],
  ]) {
    const { code, err } = await other.run(command);
    expect([code, err]).toEqual([
      3,
      expect.stringMatching(/needs the master key [0-9a-f]{16}, and there is none/),
    ]);
  }
  expect(existsSync(dataFile(other, 'master.key'))).toBe(false);
});

test('a restore into what is not empty, or under a running server, is refused in one sentence', async () => {
  await bench.run(['backup', file]);
  const full = await bench.run(['restore', file]);
  expect([full.code, full.err]).toEqual([1, expect.stringContaining('The database is not empty')]);
  carryKey();
  let during: Awaited<ReturnType<Bench['run']>> | undefined;
  await other.run(['serve'], {
    startServer: async (app) => {
      during = await other.run(['restore', file]);
      await app.close();
      rmSync(dataFile(other, 'countersign.db'));
      throw new Error('enough');
    },
  });
  expect(during).toMatchObject({ code: 3, err: expect.stringContaining('already running') as string });
});

test('without an installation there is nothing to back up, and the key of another one is refused', async () => {
  expect((await other.run(['backup', file])).err).toContain('There is no installation');
  await other.run(['migrate']);
  await other.run(['setup-link']);
  await bench.run(['backup', file]);
  expect(await other.run(['backup', 'verify', file])).toMatchObject({
    code: 1,
    err: expect.stringContaining('belongs to the master key') as string,
  });
});
