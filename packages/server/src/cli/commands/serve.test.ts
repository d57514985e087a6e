// countersign serve: what a newcomer reads, and how it ends. The server itself is another room's; here it is a stand-in.
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { StartError } from '#platform/data-directory.ts';
import { type Bench, createBench, fakeServed, signalIo } from '../cli.test-support.ts';
import type { StartServer } from '../context.ts';
import { runCli } from '../run.ts';

let bench: Bench;
beforeEach(() => {
  bench = createBench();
});
afterEach(() => bench.remove());

/** Runs `serve` until it says that it runs, sends signals, and waits for the end. */
async function serveOnce(stop: () => Promise<void> = async () => undefined) {
  const { io, said, send, listeners } = signalIo(bench.env);
  const running = Promise.withResolvers<void>();
  const watching = {
    ...io,
    err(text: string) {
      io.err(text);
      if (text.includes('Stop with Ctrl+C.')) running.resolve();
    },
  };
  const start: StartServer = async (app) =>
    fakeServed(async () => {
      await stop();
      await app.close();
    });
  const ended = runCli(['serve'], watching, start);
  await Promise.race([running.promise, ended]);
  return { said, send, ended, listeners };
}

test('the first start prints one setup link; a second start changes nothing and points to the next step', async () => {
  const first = await serveOnce();
  expect(first.said.err).toMatch(/ {2}http:\/\/localhost:8080\/console\/#\/setup\/csu_[A-Za-z0-9_-]{43}\n/);
  expect(first.said.err).toContain('http://127.0.0.1:8080');
  expect(first.said.err).toContain('0.0.0.0:1812 (UDP), [::]:1812 (UDP)');
  expect(first.said.err.match(/csu_/g)).toHaveLength(1);
  first.send('SIGTERM');
  expect(await first.ended).toBe(0);
  const data = join(bench.directory, 'data');
  expect(statSync(data).mode & 0o777).toBe(0o700);
  const key = statSync(join(data, 'master.key'));
  expect(key.mode & 0o777).toBe(0o600);

  const second = await serveOnce();
  expect(second.said.err).not.toContain('csu_');
  expect(second.said.err).toContain('countersign setup-link');
  second.send('SIGINT');
  expect(await second.ended).toBe(0);
  expect(statSync(join(data, 'master.key')).mtimeMs).toBe(key.mtimeMs);

  await bench.json(['administrators', 'create', '--username', 'first', '--role', 'owner']);
  const third = await serveOnce();
  expect(third.said.err).not.toContain('setup-link');
  third.send('SIGTERM');
  expect(await third.ended).toBe(0);
});

test('a signal lets pending logins finish; a second one ends at once', async () => {
  const drained = Promise.withResolvers<void>();
  const { said, send, ended, listeners } = await serveOnce(() => drained.promise);
  expect(said.out).toBe('');
  send('SIGTERM');
  expect(said.exits).toEqual([]);
  send('SIGTERM');
  expect(said.exits).toEqual([130]);
  drained.resolve();
  expect(await ended).toBe(0);
  expect(listeners()).toBe(0);
});

test('what keeps it from starting is one sentence and exit code 3', async () => {
  const startServer: StartServer = async (app) => {
    await app.close();
    throw new StartError('The RADIUS address is in use');
  };
  const { code, out, err } = await bench.run(['serve'], { startServer });
  expect([code, out, err]).toEqual([3, '', 'countersign: The RADIUS address is in use.\n']);
});

test('a second server on the same data directory is refused; commands go on working beside the first', async () => {
  const { send, ended } = await serveOnce();
  const second = await bench.run(['serve'], { startServer: () => Promise.reject(new Error('started')) });
  expect(second.code).toBe(3);
  expect(second.err).toMatch(/^countersign: Countersign is already running on the data directory [^\n]+\n$/);
  expect((await bench.run(['users', 'list'])).code).toBe(0);
  send('SIGTERM');
  await ended;
});

test.each([
  [{ COUNTERSIGN_HTTP_LISTEN: 'localhost' }, 'COUNTERSIGN_HTTP_LISTEN must list addresses'],
  [{ COUNTERSIGN_ODD: '1' }, 'COUNTERSIGN_ODD is no variable of Countersign'],
  [{ DATABASE_URL: 'postgres://u:planted@127.0.0.1:1/x' }, 'The database does not answer'],
])('%o: exit code 3, and nothing is made', async (env, words) => {
  const { code, err } = await bench.run(['serve'], { env });
  expect(code).toBe(3);
  expect(err).toContain(words);
  expect(err).toMatch(/^countersign: [^\n]+\n$/);
  expect(err).not.toContain('planted');
  expect(existsSync(join(bench.directory, 'data', 'master.key'))).toBe(false);
});
