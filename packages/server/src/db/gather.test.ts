import { expect, test } from 'vitest';
import { Unavailable } from '#platform/problem.ts';
import { createGather } from './gather.ts';

test('what is asked in one moment is one question, in order, and no larger than it may be', async () => {
  const questions: (readonly number[])[] = [];
  const ask = createGather(3, async (keys: readonly number[]) => {
    questions.push(keys);
    await new Promise(setImmediate);
    return keys.map((key) => key * 10);
  });
  const answers = await Promise.all([1, 2, 3, 4, 5, 6, 7].map(ask));
  expect(answers).toEqual([10, 20, 30, 40, 50, 60, 70]);
  expect(questions).toEqual([[1, 2, 3], [4, 5, 6], [7]]);
  expect(await ask(8)).toBe(80);
});

test('one that cannot be asked takes nobody else with it', async () => {
  const ask = createGather(2, async (keys: readonly number[]) => {
    if (keys.includes(2)) throw new Error('cannot be asked');
    return keys;
  });
  const answers = await Promise.allSettled([1, 2, 3].map(ask));
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

test('where nobody answers, all who asked together are told', async () => {
  let asked = 0;
  const ask = createGather(10, async () => {
    asked += 1;
    throw new Unavailable('database', new Error('gone'));
  });
  const answers = await Promise.allSettled([1, 2, 3].map(ask));
  expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(asked).toBe(1);
});
