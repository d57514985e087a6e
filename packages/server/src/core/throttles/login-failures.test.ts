// A stranger may not use up a user's logins, and a guesser is slowed down, alone and with many helpers.
import { describe, expect, test } from 'vitest';
import { createFailureCount } from './failure-count.ts';
import { createKnownSources } from './known-sources.ts';
import { createLoginFailures, type Guess, guessOf } from './login-failures.ts';

function handTurned() {
  let time = 1000;
  return { clock: { now: () => time, monotonic: () => time }, turn: (ms: number) => (time += ms) };
}

const guess = (user: string, source: string | null): Guess => guessOf(user, source, 'rcl_1');

const limits = {
  source: { burst: 20, perMinute: 60 },
  userAtSource: { burst: 5, perMinute: 10 },
  user: { burst: 10, perMinute: 30 },
};

/** Tries until it is not allowed any more, failing each time. */
function guessesOf(
  failures: ReturnType<typeof createLoginFailures>,
  user: string,
  source: string | null,
): number {
  for (let made = 0; ; made += 1) {
    if (failures.exceeded(guess(user, source)) !== undefined) return made;
    failures.failed(guess(user, source));
  }
}

describe('login failures', () => {
  test('what passes is never counted', () => {
    const failures = createLoginFailures(handTurned().clock, limits);
    const alice = guess('alice', '192.0.2.1');
    for (let i = 0; i < 10_000; i += 1) {
      expect(failures.exceeded(alice)).toBeUndefined();
      failures.passed(alice);
    }
  });

  test('a stranger is stopped where the stranger is; the user elsewhere is not touched', () => {
    const failures = createLoginFailures(handTurned().clock, limits);
    expect(guessesOf(failures, 'alice', '203.0.113.66')).toBe(5);
    expect(failures.exceeded(guess('alice', '203.0.113.66'))).toBe('failures_user_at_source');
    expect(failures.exceeded(guess('alice', '192.0.2.1'))).toBeUndefined();
    expect(failures.exceeded(guess('bob', '203.0.113.66'))).toBeUndefined();
  });

  test('many strangers together are stopped, and the user still comes in from where they came in before', () => {
    const failures = createLoginFailures(handTurned().clock, limits);
    const home = guess('alice', '192.0.2.1');
    failures.passed(home);
    let guesses = 0;
    for (let i = 0; i < 1000; i += 1) guesses += guessesOf(failures, 'alice', `203.0.${i >> 8}.${i & 255}`);
    expect(guesses).toBe(10);
    expect(failures.exceeded(guess('alice', '198.51.100.1'))).toBe('failures_user');
    expect(failures.exceeded(home)).toBeUndefined();
  });

  test('whoever sits at the user’s own place is limited there', () => {
    const failures = createLoginFailures(handTurned().clock, limits);
    failures.passed(guess('alice', '192.0.2.1'));
    expect(guessesOf(failures, 'alice', '192.0.2.1')).toBe(5);
    expect(failures.exceeded(guess('alice', '198.51.100.1'))).toBeUndefined();
  });

  test('a source that tries one name after the other is stopped', () => {
    const failures = createLoginFailures(handTurned().clock, limits);
    let guesses = 0;
    for (let i = 0; i < 100; i += 1) guesses += guessesOf(failures, `user-${i}`, '203.0.113.66');
    expect(guesses).toBe(20);
    expect(failures.exceeded(guess('alice', '203.0.113.66'))).toBe('failures_source');
  });

  test('where the door does not tell the source, a guesser keeps out nobody but the user guessed at, and only there', () => {
    const failures = createLoginFailures(handTurned().clock, limits);
    for (let i = 0; i < 100; i += 1) expect(guessesOf(failures, `user-${i}`, null)).toBe(5);
    expect(failures.exceeded(guess('alice', null))).toBeUndefined();
    expect(failures.exceeded(guessOf('user-1', null, 'rcl_2'))).toBeUndefined();
  });

  test('no user and source are taken for another user and source', () => {
    expect(guessOf('alice', 'bob', 'rcl_1').userAtSource).not.toBe(
      guessOf('alicebob', '', 'rcl_1').userAtSource,
    );
    expect(guessOf('1', '2 a', 'rcl_1').userAtSource).not.toBe(guessOf('12', ' a', 'rcl_1').userAtSource);
  });

  test('one IPv6 network is one source', () => {
    const failures = createLoginFailures(handTurned().clock, limits);
    let guesses = 0;
    for (let i = 0; i < 100; i += 1) guesses += guessesOf(failures, 'alice', `2001:db8::${i.toString(16)}`);
    expect(guesses).toBe(5);
  });
});

describe('counting failures', () => {
  test('the burst, then the rate', () => {
    const { clock, turn } = handTurned();
    const count = createFailureCount(clock, { burst: 3, perMinute: 60 });
    const tries = () => {
      let made = 0;
      for (; count.allows('a'); made += 1) count.failed('a');
      return made;
    };
    expect(tries()).toBe(3);
    turn(999);
    expect(tries()).toBe(0);
    turn(1);
    expect(tries()).toBe(1);
    turn(60_000);
    expect(tries()).toBe(3);
  });

  test('many at once are paid for later, but not for ever', () => {
    const { clock, turn } = handTurned();
    const count = createFailureCount(clock, { burst: 3, perMinute: 60 });
    for (let i = 0; i < 100; i += 1) count.failed('a');
    turn(97_999);
    expect(count.allows('a')).toBe(false);
    turn(1);
    expect(count.allows('a')).toBe(true);
    for (let i = 0; i < 1_000_000; i += 1) count.failed('b');
    turn(900_000);
    expect(count.allows('b')).toBe(true);
  });

  test('the tables are bounded and forget the oldest', () => {
    const { clock } = handTurned();
    const count = createFailureCount(clock, { burst: 1, perMinute: 1 }, 10);
    const known = createKnownSources(clock, 10);
    for (let i = 0; i < 1000; i += 1) {
      count.failed(`k${i}`);
      known.remember(`k${i}`);
    }
    const keys = Array.from({ length: 1000 }, (_, i) => `k${i}`);
    expect(keys.filter((key) => !count.allows(key))).toEqual(keys.slice(-10));
    expect(keys.filter((key) => known.isKnown(key))).toEqual(keys.slice(-10));
  });

  test('a place is forgotten after a month', () => {
    const { clock, turn } = handTurned();
    const known = createKnownSources(clock);
    known.remember('a');
    turn(29 * 86_400_000);
    expect(known.isKnown('a')).toBe(true);
    turn(86_400_000);
    expect(known.isKnown('a')).toBe(false);
  });
});
