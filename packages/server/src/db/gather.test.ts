import { expect, test } from 'vitest';
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

test('a question that fails fails for those who asked it, and for nobody else', async () => {
  const ask = createGather(2, async (keys: readonly number[]) => {
    if (keys.includes(2)) throw new Error('no answer');
    return keys;
  });
  const answers = await Promise.allSettled([1, 2, 3].map(ask));
  expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
});
