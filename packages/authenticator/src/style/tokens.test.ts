// The app's colours, by the formulas of WCAG 2.2: text 4.5:1 (1.4.3), what is no text 3:1 (1.4.11). Read in sunlight, so more where it counts.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const read = (file: string): string => readFileSync(join(import.meta.dirname, file), 'utf8');
const root = read('tokens.css').split('@media')[0] ?? '';
const colours = new Map(
  [...root.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);/g)].map(
    ([, name = '', light = '', dark = '']) => [name, { light, dark }],
  ),
);

function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

test('colours stand in tokens.css and nowhere else', () => {
  const files = readdirSync(import.meta.dirname).filter(
    (name) => name.endsWith('.css') && name !== 'tokens.css',
  );
  expect(files).toContain('request.css');
  for (const file of files)
    expect(read(file).match(/#[0-9a-f]{3,8}\b|: (?:black|white)\b/gi), file).toBeNull();
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
