// The real process: exit codes as a shell sees them, the file modes it leaves, and that it ends.
import { execFile, spawn as spawnProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createBench } from './cli.test-support.ts';

const bench = createBench();
afterAll(() => bench.remove());

const main = join(import.meta.dirname, '../main.ts');
const spawn = (argv: readonly string[]) =>
  new Promise<{ code: number; out: string; err: string }>((resolve) => {
    const env = { PATH: process.env.PATH, ...bench.env };
    const child = execFile(process.execPath, [main, ...argv], { env, timeout: 120_000 }, (_error, out, err) =>
      resolve({ code: child.exitCode ?? -1, out, err }),
    );
  });

test('the server starts in a fresh directory, tells the setup link, and ends on SIGTERM', async () => {
  const fresh = createBench();
  const env = {
    PATH: process.env.PATH,
    ...fresh.env,
    COUNTERSIGN_HTTP_LISTEN: '127.0.0.1:0',
    COUNTERSIGN_RADIUS_LISTEN: '127.0.0.1:0,[::1]:0',
  };
  const child = spawnProcess(process.execPath, [main, 'serve'], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'exit');
  let said = '';
  for await (const chunk of child.stderr) {
    said += String(chunk);
    // Once: a second signal would end it at once.
    if (said.includes('Stop with Ctrl+C.') && !child.killed) child.kill('SIGTERM');
  }
  expect(await ended).toEqual([0, null]);
  expect(said).toMatch(/Stopped\.\n$/);
  expect(said).toMatch(/\/console\/#\/setup\/csu_/);
  expect(said).toMatch(/HTTP +http:\/\/127\.0\.0\.1:[1-9]\d+\n/);
  await fresh.remove();
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
