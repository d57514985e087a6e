// The real process: exit codes as a shell sees them, the file modes it leaves, and that it ends.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createBench } from './cli.test-support.ts';

const bench = createBench();
afterAll(() => bench.remove());

const main = join(import.meta.dirname, '../main.ts');
const spawn = (argv: readonly string[]) =>
  new Promise<{ code: number; out: string; err: string }>((resolve) => {
    const env = { PATH: process.env.PATH, ...bench.env };
    const child = execFile(process.execPath, [main, ...argv], { env, timeout: 20_000 }, (_error, out, err) =>
      resolve({ code: child.exitCode ?? -1, out, err }),
    );
  });

test('the process ends with the code and keeps its streams apart', async () => {
  expect(await spawn(['applications', 'list'])).toMatchObject({ code: 3, out: '' });
  expect(await spawn(['migrate'])).toMatchObject({ code: 0, err: '' });
  const made = await spawn(['applications', 'create', '--name', 'VPN', '--json']);
  expect(made.code).toBe(0);
  expect(JSON.parse(made.out)).toMatchObject({ name: 'VPN' });
  expect(await spawn(['aplications'])).toMatchObject({ code: 2, out: '' });
  expect(await spawn(['applications', 'show', 'nope'])).toMatchObject({ code: 1, out: '' });
});
