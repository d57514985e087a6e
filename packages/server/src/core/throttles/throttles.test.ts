import { expect, test } from 'vitest';
import { createThrottle } from './throttles.ts';

function handTurned() {
  let time = 1000;
  return { clock: { now: () => time, monotonic: () => time }, turn: (ms: number) => (time += ms) };
}

test('a burst passes, then one per interval', () => {
  const { clock, turn } = handTurned();
  const throttle = createThrottle(clock, { burst: 3, perMinute: 60 });
  expect([1, 2, 3, 4].map(() => throttle.take('a').allowed)).toEqual([true, true, true, false]);
  expect(throttle.take('a')).toEqual({ allowed: false, retryAfterMs: 1000 });
  turn(999);
  expect(throttle.take('a').allowed).toBe(false);
  turn(1);
  expect(throttle.take('a').allowed).toBe(true);
  expect(throttle.take('a').allowed).toBe(false);
  turn(60_000);
  expect([1, 2, 3, 4].map(() => throttle.take('a').allowed)).toEqual([true, true, true, false]);
});

test('keys do not touch each other', () => {
  const throttle = createThrottle(handTurned().clock, { burst: 1, perMinute: 1 });
  expect(throttle.take('a').allowed).toBe(true);
  expect(throttle.take('b').allowed).toBe(true);
  expect(throttle.take('a').allowed).toBe(false);
});

test('the table is bounded', () => {
  const { clock } = handTurned();
  const throttle = createThrottle(clock, { burst: 1, perMinute: 1 }, 10);
  for (let i = 0; i < 1000; i++) throttle.take(`key-${i}`);
  const remembered = Array.from({ length: 1000 }, (_, i) => throttle.take(`key-${i}`)).filter(
    (taken) => !taken.allowed,
  );
  expect(remembered.length).toBeLessThanOrEqual(10);
});

test('a key that is asked for stays, however many others come', () => {
  const { clock } = handTurned();
  const throttle = createThrottle(clock, { burst: 1, perMinute: 1 }, 10);
  throttle.take('a');
  for (let i = 0; i < 1000; i++) {
    throttle.take(`key-${i}`);
    expect(throttle.take('a').allowed).toBe(false);
  }
});
