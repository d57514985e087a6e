import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteArena } from './byte-arena.ts';

test('copies stay what they were, whatever is kept after them', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 5000 }), { maxLength: 200 }), (all) => {
      const arena = new ByteArena();
      const kept = all.map((bytes) => arena.keep(bytes));
      expect(kept.map((bytes) => Buffer.from(bytes).toString('hex'))).toEqual(
        all.map((bytes) => Buffer.from(bytes).toString('hex')),
      );
    }),
  );
});

test('short ones share a buffer, one that is too long has its own', () => {
  const arena = new ByteArena();
  const [a, b, long] = [3, 4, 300_000].map((length) => arena.keep(new Uint8Array(length)));
  expect(a!.buffer).toBe(b!.buffer);
  expect(long).toHaveLength(300_000);
});
