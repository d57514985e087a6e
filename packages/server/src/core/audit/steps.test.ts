import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readSteps, type StepEntry, writeSteps } from './steps.ts';

const details = fc.dictionary(
  fc.string(),
  fc.oneof(fc.string({ unit: 'binary' }), fc.integer(), fc.constant(null)),
);
const entry: fc.Arbitrary<StepEntry> = fc.record({
  code: fc.constantFrom('received', 'approved', 'refused'),
  details,
});

test('what was written is read, whatever stands in the details, and texts can be appended', () => {
  fc.assert(
    fc.property(fc.array(entry), fc.array(entry), (first, second) => {
      const text = writeSteps(1, first) + writeSteps(2, second);
      const expected = [
        ...first.map((each) => ({ at: 1, ...each })),
        ...second.map((each) => ({ at: 2, ...each })),
      ];
      expect(JSON.stringify(readSteps(text))).toBe(
        JSON.stringify(expected.map(({ at, code, details: d }) => ({ at, code, details: d }))),
      );
    }),
  );
});

test('no steps are an empty text', () => {
  expect(writeSteps(1, [])).toBe('');
  expect(readSteps('')).toEqual([]);
});
