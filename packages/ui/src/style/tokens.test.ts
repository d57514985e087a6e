// The colours of the apps, by the formulas of WCAG 2.2: text 4.5:1 (1.4.3), what is no text 3:1 (1.4.11). Read in sunlight, so more where it counts.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { contrast, namedColours } from '@countersign/testkit/contrast.ts';
import { expect, test } from 'vitest';
import { filesWithOwnColours } from './read-styles.test-support.ts';

const read = (file: string): string => readFileSync(join(import.meta.dirname, file), 'utf8');
const root = read('tokens.css').split('@media')[0] ?? '';
const colours = namedColours(root);

test('colours stand in tokens.css and nowhere else', () => {
  expect(filesWithOwnColours(import.meta.dirname)).toEqual([]);
});

const grounds = ['paper', 'raised'];
const pictures = ['sky', 'moss', 'plum', 'clay', 'slate', 'teal'];
const pairs: readonly (readonly [text: string, ground: string, least: number])[] = [
  ...grounds.flatMap((ground) => [
    ['ink', ground, 10] as const,
    ['quiet', ground, 7] as const,
    ['accent', ground, 7] as const,
    ['bad', ground, 6] as const,
    ['good', ground, 6] as const,
    ['warn', ground, 6] as const,
    ['edge', ground, 3] as const,
  ]),
  ['on-accent', 'accent', 7],
  ['on-bad', 'bad', 7],
  ['quiet', 'tint', 4.5],
  ['ink', 'tint', 7],
  ['accent', 'tint', 4.5],
  ['good', 'good-tint', 4.5],
  ['bad', 'bad-tint', 4.5],
  ['warn', 'warn-tint', 4.5],
  ['ink', 'warn-tint', 7],
  ['on-camera', 'camera', 7],
  ...pictures.map((picture) => ['on-picture', picture, 4.5] as const),
];

test.each(pairs)('%s on %s has %d:1 or more in both schemes', (text, ground, least) => {
  const [one, other] = [colours.get(text), colours.get(ground)];
  expect(contrast(one!.light, other!.light)).toBeGreaterThanOrEqual(least);
  expect(contrast(one!.dark, other!.dark)).toBeGreaterThanOrEqual(least);
});
