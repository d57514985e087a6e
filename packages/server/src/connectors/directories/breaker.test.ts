// When a server is passed over, and how it comes back.
import { expect, test } from 'vitest';
import { createBreaker } from './breaker.ts';

function breakerAt() {
  let time = 1000;
  const states: string[] = [];
  const clock = { now: () => time, monotonic: () => time };
  const breaker = createBreaker(clock, (state) => states.push(state));
  return { breaker, states, pass: (ms: number) => void (time += ms) };
}

test('nothing there: at once, then for twice as long each time, at most a minute', () => {
  const { breaker, states, pass } = breakerAt();
  breaker.failed('nothing listens', true);
  const pauses: number[] = [];
  for (let n = 0; n < 6; n += 1) {
    pauses.push(breaker.remainingMs());
    expect(breaker.takeTry()).toBe(false);
    pass(breaker.remainingMs());
    expect(breaker.takeTry()).toBe(true);
    expect(breaker.takeTry()).toBe(false);
    breaker.failed('nothing listens', true);
  }
  expect(pauses).toEqual([5000, 10_000, 20_000, 40_000, 60_000, 60_000]);
  expect(breaker.reason()).toBe('nothing listens');
  pass(60_000);
  breaker.takeTry();
  breaker.succeeded();
  expect(states.slice(-3)).toEqual(['open', 'half_open', 'closed']);
  breaker.failed('x', true);
  expect(breaker.remainingMs()).toBe(5000);
});

test('no answer: after two in a row; an answer between them counts', () => {
  const { breaker } = breakerAt();
  breaker.failed('no answer', false);
  breaker.succeeded();
  breaker.failed('no answer', false);
  expect(breaker.state()).toBe('closed');
  breaker.failed('no answer', false);
  expect(breaker.state()).toBe('open');
});

test('those who fail late do not make it longer; a try that was called off is given to the next', () => {
  const { breaker, pass } = breakerAt();
  breaker.failed('x', true);
  pass(1000);
  for (let n = 0; n < 10; n += 1) breaker.failed('x', true);
  expect(breaker.remainingMs()).toBe(4000);
  pass(4000);
  expect(breaker.takeTry()).toBe(true);
  breaker.undecided();
  expect(breaker.takeTry()).toBe(true);
});
