// Ids that are made for a number sort by it within their millisecond, and still tell their time.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newOrderedId, timeOfId } from './id.ts';
import { systemRandom } from './random.ts';

const at = 1_790_000_000_123;
const source = { clock: { now: () => at, monotonic: () => 0 }, random: systemRandom };
const idOf = (number: number): string => newOrderedId(source, 'evt', number);

test('of one millisecond they sort by their numbers, whatever is random in them', () => {
  const numbers = fc.uniqueArray(fc.integer({ min: 0, max: 2 ** 32 - 1 }), { minLength: 2, maxLength: 20 });
  fc.assert(
    fc.property(numbers, (given) => {
      const ids = given.toSorted((a, b) => a - b).map(idOf);
      expect(ids.toSorted()).toEqual(ids);
      for (const id of ids) {
        expect(id).toMatch(/^evt_[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(timeOfId(id)).toBe(at);
      }
    }),
  );
});

test('two chains may be at the same number', () => {
  expect(idOf(7)).not.toBe(idOf(7));
});
