import { expect, test } from 'vitest';
import { Problem, Unavailable } from '#platform/problem.ts';
import { Secret } from '#platform/secret.ts';
import { createPasswords } from './passwords.ts';

/** Counts what runs at once; each call ends when `release` is called. */
function slowHasher() {
  const running: (() => void)[] = [];
  const seen = { most: 0, calls: 0 };
  const run = <T>(value: T) => {
    seen.calls += 1;
    return new Promise<T>((resolve) => {
      running.push(() => resolve(value));
      seen.most = Math.max(seen.most, running.length);
    });
  };
  return {
    seen,
    hasher: { hash: () => run('hash'), verify: () => run(true) },
    release: () => running.shift()?.(),
  };
}

test('a password is kept as argon2id at the chosen cost, with a salt of its own', async () => {
  const passwords = createPasswords();
  const [first, second] = await Promise.all([
    passwords.hash('correct horse'),
    passwords.hash(new Secret('correct horse')),
  ]);
  expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(first).not.toBe(second);
  expect(await passwords.verify(first, 'correct horse')).toBe('correct');
  expect(await passwords.verify(second, 'correct horse')).toBe('correct');
  expect(await passwords.verify(first, 'Correct horse')).toBe('wrong');
  expect(await passwords.verify(first, '')).toBe('wrong');
});

test('RFC 8265 4.2.2: composed or not, with whatever space, it is the same password', async () => {
  const passwords = createPasswords();
  const hash = await passwords.hash('Z\u00fcrich am See');
  expect(await passwords.verify(hash, 'Zu\u0308rich am See')).toBe('correct');
  expect(await passwords.verify(hash, 'Zu\u0308rich\u00a0am See')).toBe('correct');
  expect(await passwords.verify(hash, 'Zurich am See')).toBe('wrong');
});

test('without a hash the same work is done, and the answer is wrong', async () => {
  const calls: string[] = [];
  const verify = async (hash: string) => {
    calls.push(hash);
    return true;
  };
  const passwords = createPasswords({}, { hash: async () => '', verify });
  expect(await passwords.verify(null, 'anything')).toBe('wrong');
  expect(calls).toEqual([expect.stringMatching(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)]);
  expect(await createPasswords().verify(null, 'anything')).toBe('wrong');
});

test('a password longer than any that can be set is wrong, also where a shorter one would match', async () => {
  const passwords = createPasswords({}, { hash: async () => '', verify: async () => true });
  expect(await passwords.verify('hash', 'x'.repeat(1024))).toBe('correct');
  expect(await passwords.verify('hash', 'x'.repeat(1025))).toBe('wrong');
});

test('no more run at once than allowed, no more wait than allowed, and the rest is refused', async () => {
  const { seen, hasher, release } = slowHasher();
  const passwords = createPasswords({ maxParallel: 2, maxWaiting: 5 }, hasher);
  const accepted = Array.from({ length: 5 }, () => passwords.verify('hash', 'a password'));
  expect(await passwords.verify('hash', 'a password')).toBe('overloaded');
  expect(await passwords.verify(null, 'a password')).toBe('overloaded');
  await expect(passwords.hash('a password')).rejects.toThrow(Unavailable);
  expect(seen.calls).toBe(2);
  for (const check of accepted) {
    release();
    expect(await check).toBe('correct');
  }
  expect(seen).toEqual({ most: 2, calls: 5 });
  const afterwards = passwords.verify('hash', 'a password');
  release();
  expect(await afterwards).toBe('correct');
});

test('whoever asks a lot waits; somebody else finds a place and comes next', async () => {
  const { hasher, release } = slowHasher();
  const passwords = createPasswords({ maxParallel: 1, maxWaiting: 9 }, hasher);
  const done: string[] = [];
  const ask = (asker: string) =>
    passwords.verify('hash', 'a password', asker).then((verdict) => done.push(`${asker} ${verdict}`));
  const all = Array.from({ length: 10 }, () => ask('flood'));
  all.push(ask('other'), ask('third'));
  await new Promise(setImmediate);
  expect(done).toEqual(Array(4).fill('flood overloaded'));
  for (let i = 0; i < 4; i += 1) {
    release();
    await new Promise(setImmediate);
  }
  expect(done.slice(4)).toEqual(['flood correct', 'flood correct', 'other correct', 'third correct']);
  for (let i = 0; i < 4; i += 1) {
    release();
    await new Promise(setImmediate);
  }
  await Promise.all(all);
});

test('who only brings wrong passwords leaves a processor to the others', async () => {
  const { hasher, release, seen } = slowHasher();
  const passwords = createPasswords({ maxParallel: 2 }, hasher);
  const check = (hash: string | null, asker: string) => passwords.verify(hash, 'a password', asker);
  for (let i = 0; i < 20; i += 1) {
    const wrong = check(null, 'guessed through');
    release();
    expect(await wrong).toBe('wrong');
  }
  const calls = () => seen.calls - 20;
  const guesses = [check(null, 'guessed through'), check('hash', 'guessed through')];
  expect(calls()).toBe(1);
  const good = check('hash', 'another');
  expect(calls()).toBe(2);
  for (let i = 0; i < 3; i += 1) {
    release();
    await new Promise(setImmediate);
  }
  expect(await Promise.all([...guesses, good])).toEqual(['wrong', 'correct', 'correct']);
  const both = [check('hash', 'guessed through'), check('hash', 'guessed through')];
  expect(calls()).toBe(5);
  release();
  release();
  await Promise.all(both);
});

test('a check that fails gives its turn back', async () => {
  const passwords = createPasswords({ maxParallel: 1, maxWaiting: 0 });
  await expect(passwords.verify('not a hash', 'a password')).rejects.toThrow();
  const hash = await passwords.hash('a password');
  expect(await passwords.verify(hash, 'a password')).toBe('correct');
});

test('too short after composing, or with control characters, it cannot be set', async () => {
  const passwords = createPasswords();
  await expect(passwords.hash('e\u0301e\u0301e\u0301e\u0301')).rejects.toMatchObject({
    code: 'password_too_weak',
  });
  await expect(passwords.hash('')).rejects.toThrow(Problem);
  await expect(passwords.hash('password\u0000')).rejects.toMatchObject({
    code: 'invalid_request',
    fields: [{ field: 'password', message: 'must not contain control characters' }],
  });
});
