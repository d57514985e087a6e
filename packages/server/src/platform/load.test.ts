import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { probeMs, watchLoad } from './load.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function start() {
  let time = 0;
  let waiting = 0;
  const seen: number[] = [];
  const load = watchLoad({
    clock: { now: () => time, monotonic: () => time },
    limits: { delayMs: 500, commits: 1000 },
    commitsWaiting: () => waiting,
    observe: (late) => seen.push(late),
  });
  /** Lets one probe come round so much too late. */
  const probe = (lateMs: number) => {
    time += probeMs + lateMs;
    vi.advanceTimersByTime(probeMs);
  };
  return { load, seen, probe, wait: (count: number) => (waiting = count) };
}

test('a loop that is late again and again is overloaded, until it catches up', () => {
  const { load, probe, seen } = start();
  probe(0);
  expect(load.overload()).toBeUndefined();
  for (let i = 0; i < 10; i += 1) probe(600);
  expect(load.overload()).toBe('event_loop');
  probe(0);
  expect(load.overload()).toBeUndefined();
  expect(seen.slice(0, 2)).toEqual([0, 600]);
  load.stop();
});

test('one long pause is none', () => {
  const { load, probe } = start();
  probe(900);
  expect(load.overload()).toBeUndefined();
  load.stop();
});

test('too many writes waiting are an overload at once', () => {
  const { load, wait } = start();
  wait(999);
  expect(load.overload()).toBeUndefined();
  wait(1000);
  expect(load.overload()).toBe('commits');
  wait(0);
  expect(load.overload()).toBeUndefined();
  load.stop();
});
