// Signals that ask a running command to end: the first gently, the second at once; under npm each comes twice.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { awaitStop } from './await-stop.ts';
import { signalIo } from './cli.test-support.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('the second signal ends the process at once', async () => {
  const { io, said, send, listeners } = signalIo({});
  const stop = awaitStop(io);
  send('SIGTERM');
  await stop.asked;
  expect(said.exits).toEqual([]);
  send('SIGTERM');
  expect(said.exits).toEqual([130]);
  stop.forget();
  expect(listeners()).toBe(0);
});

test('under npm a Ctrl+C that comes from the terminal and from npm is one signal', async () => {
  const { io, said, send } = signalIo({ npm_lifecycle_event: 'start' });
  const stop = awaitStop(io);
  send('SIGINT');
  send('SIGINT');
  await stop.asked;
  expect(said.exits).toEqual([]);
  vi.advanceTimersByTime(500);
  send('SIGINT');
  send('SIGINT');
  expect(said.exits).toEqual([130]);
  stop.forget();
});
