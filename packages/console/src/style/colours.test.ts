import { filesWithOwnColours } from '@countersign/ui/style/read-styles.test-support.ts';
import { expect, test } from 'vitest';

test('colours are those of the tokens', () => {
  expect(filesWithOwnColours(import.meta.dirname)).toEqual([]);
});
