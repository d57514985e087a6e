import { expect, test } from 'vitest';
import { createHandClock } from '#core/audit/administration.test-support.ts';
import { createRefusalTimes } from './refusal-times.ts';

test('a refusal takes as long as the slowest of late, within its limits, and each thing has its own pace', () => {
  const clock = createHandClock();
  const times = createRefusalTimes(clock, { leastMs: 400, mostMs: 3000 });
  expect(times.least('a')).toBe(400);
  times.took('a', 100);
  expect(times.least('a')).toBe(400);
  times.took('a', 700);
  expect(times.least('a')).toBe(800);
  times.took('a', 650);
  expect(times.least('a')).toBe(800);
  expect(times.least('b')).toBe(400);
  clock.turn(60_000);
  expect(times.least('a')).toBe(400);
  times.took('a', 40_000);
  expect(times.least('a')).toBe(3000);
  clock.turn(180_000);
  expect(times.least('a')).toBe(450);
});

test('what was told of takes a while at least, however quick it was, until it is forgotten', () => {
  const clock = createHandClock();
  const times = createRefusalTimes(clock, { leastMs: 0, leastToldMs: 400, mostMs: 3000 });
  expect(times.least('a')).toBe(0);
  times.took('a', 0);
  times.took('b', 1000);
  expect([times.least('a'), times.least('b'), times.least('c')]).toEqual([400, 1100, 0]);
  clock.turn(86_400_000);
  expect([times.least('a'), times.least('b')]).toEqual([400, 400]);
  times.forget('a');
  expect([times.least('a'), times.least('b')]).toEqual([0, 400]);
});

test('an answer that says no is kept until it took that long, one that is late not at all', async () => {
  const waits: number[] = [];
  const limits = { leastMs: 400, mostMs: 3000 };
  const times = createRefusalTimes(createHandClock(), limits, async (ms) => waits.push(ms));
  await times.keepBack('a', 150);
  await times.keepBack('a', 400);
  await times.keepBack('a', 900);
  times.took('a', 700);
  await times.keepBack('a', 700);
  expect(waits).toEqual([250, 100]);
});
