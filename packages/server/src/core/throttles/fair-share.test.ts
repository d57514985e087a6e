import { expect, test } from 'vitest';
import { createFairShare } from './fair-share.ts';

function fill(share: ReturnType<typeof createFairShare>, holder: string) {
  const back: (() => void)[] = [];
  for (;;) {
    const taken = share.take(holder);
    if (typeof taken === 'string') return { back, refused: taken };
    back.push(taken);
  }
}

test('one holder stops at half, the next at a quarter, and there is room for a third', () => {
  const share = createFairShare(100);
  expect(fill(share, 'a')).toMatchObject({ back: { length: 50 }, refused: 'source_share' });
  expect(fill(share, 'b').back).toHaveLength(25);
  expect(typeof share.take('c')).toBe('function');
});

test('many holders of one place each fill it, and what is given back twice counts once', () => {
  const share = createFairShare(3);
  const [first] = ['a', 'b', 'c'].map((holder) => share.take(holder));
  expect(share.take('d')).toBe('full');
  if (typeof first === 'function') for (let i = 0; i < 3; i += 1) first();
  expect(typeof share.take('d')).toBe('function');
  expect(share.take('e')).toBe('full');
});
