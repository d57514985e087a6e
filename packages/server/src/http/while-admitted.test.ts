// A long answer is looked at again while it goes out, and breaks off for whoever was signed out.
import { expect, test, vi } from 'vitest';
import { createHandClock } from '#core/audit/administration.test-support.ts';
import { whileAdmitted } from './while-admitted.ts';

async function all<T>(pieces: AsyncIterable<T>): Promise<readonly T[]> {
  const got: T[] = [];
  for await (const piece of pieces) got.push(piece);
  return got;
}

async function* piecesEvery(ms: number, clock: ReturnType<typeof createHandClock>) {
  for (let piece = 1; piece <= 5; piece += 1) {
    clock.turn(ms);
    yield piece;
  }
}

test('what is quick is not looked at again, what takes long every five seconds', async () => {
  const clock = createHandClock();
  const look = vi.fn<() => Promise<boolean>>(async () => true);
  expect(await all(whileAdmitted(piecesEvery(900, clock), look, clock))).toEqual([1, 2, 3, 4, 5]);
  expect(look).not.toHaveBeenCalled();
  expect(await all(whileAdmitted(piecesEvery(2500, clock), look, clock))).toHaveLength(5);
  expect(look).toHaveBeenCalledTimes(2);
});

test('whoever was signed out meanwhile gets no more, and no end that looks whole', async () => {
  const clock = createHandClock();
  const got: number[] = [];
  const take = async () => {
    for await (const piece of whileAdmitted(piecesEvery(2500, clock), async () => false, clock))
      got.push(piece);
  };
  await expect(take()).rejects.toMatchObject({ code: 'unauthorized' });
  expect(got).toEqual([1]);
});
