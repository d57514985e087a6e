// By which names a guess is counted, whatever was typed.
import { expect, test } from 'vitest';
import { createHandClock } from '#core/audit/administration.test-support.ts';
import { createLoginFailures } from './login-failures.ts';
import { exceededAfterAll, exceededByPlainName, guessAtName, plainKey, withoutDomain } from './name-guess.ts';

test.each([
  ['alice', 'alice'],
  ['CORP\\alice', 'alice'],
  ['alice@corp.example.com', 'alice'],
  ['CORP\\alice@corp.example.com', 'alice'],
  ['alice@home@corp.example.com', 'alice@home'],
  ['@corp', '@corp'],
  ['CORP\\', ''],
])('%s without its domain is %s', (typed, name) => {
  expect(withoutDomain(typed)).toBe(name);
});

test.each([
  ['ALICE@Corp', 'alice'],
  // Signs that stand for others hide no domain.
  ['alice\uff20corp', 'alice'],
  ['corp\uff3c\uff21lice', 'alice'],
  ['al\u00efce', 'al\u00efce'],
])('%s is compared as %s', (typed, key) => {
  expect(plainKey(typed)).toBe(key);
});

const rate = (burst: number) => ({ burst, perMinute: 1 / 60 });
const open = () =>
  createLoginFailures(createHandClock(), { source: rate(50), userAtSource: rate(3), user: rate(5) });
const guess = (username: string, address = '203.0.113.9') =>
  guessAtName({ applicationId: 'app_1', username }, { address, door: 'rcl' });

test('guesses at any spelling are guesses at the plain name, and at whoever is meant', () => {
  const failures = open();
  for (const name of ['one\\alice', 'alice@two', 'a.smith@example.com'])
    failures.failed(guess(name).typed, guess(name).as('alice'));
  expect(exceededByPlainName(failures, guess('alice@three'))).toBe('failures_user_at_source');
  const other = guess('smith.a@example.com');
  expect(exceededByPlainName(failures, other)).toBeUndefined();
  expect(exceededAfterAll(failures, other, other.as('alice'))).toBe('failures_user_at_source');
  expect(exceededAfterAll(failures, other, other.as(undefined))).toBeUndefined();
});

test('strangers who guess at the plain name keep nobody out who came in from there by the name as typed', () => {
  const failures = open();
  const home = guess('a.smith@example.com', '192.0.2.1');
  failures.passed(home.typed);
  for (let i = 0; i < 10; i += 1) failures.failed(guess('a.smith', `203.0.113.${i}`).typed);
  expect(exceededByPlainName(failures, home)).toBeUndefined();
  expect(exceededByPlainName(failures, guess('a.smith@example.com', '198.51.100.1'))).toBe('failures_user');
  // By the plain name itself, which may be another's, the place is as new as any.
  expect(failures.exceeded(guess('a.smith', '192.0.2.1').typed)).toBe('failures_user');
  // Who guesses there is limited there.
  for (let i = 0; i < 3; i += 1) failures.failed(guess('a.smith', '192.0.2.1').typed);
  expect(exceededByPlainName(failures, home)).toBe('failures_user_at_source');
});
