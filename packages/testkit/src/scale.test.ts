import { describe, expect, test } from 'vitest';
import { testScale } from './scale.ts';

describe('the scale of long runs', () => {
  test('is 1 unless said otherwise', () => {
    expect(testScale({})).toBe(1);
    expect(testScale({ COUNTERSIGN_TEST_SCALE: '12.5' })).toBe(12.5);
  });

  test.each(['0', '0.5', 'many', 'NaN', 'Infinity'])('refuses %s', (text) => {
    expect(() => testScale({ COUNTERSIGN_TEST_SCALE: text })).toThrow('COUNTERSIGN_TEST_SCALE');
  });
});
