// The stylesheet's colours, by the formulas of WCAG 2.2: text 4.5:1 (1.4.3), what is no text 3:1 (1.4.11).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { contrast, namedColours } from '@countersign/testkit/contrast.ts';
import { expect, test } from 'vitest';

const css = readFileSync(join(import.meta.dirname, 'countersign.css'), 'utf8');
const colours = namedColours(css);

test('the formula', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
});

test('every colour is one of the named ones, for both schemes', () => {
  const declared = [...css.matchAll(/--([\w-]+):/g)].map(([, name = '']) => name);
  expect([...colours.keys()]).toEqual(declared);
  expect(css.match(/#[0-9a-f]{3,8}\b/gi)).toHaveLength(2 * declared.length);
});

/** What stands on what. `raised` is behind code and warnings; links may stand on both. */
const pairs: readonly [string, string, number][] = [
  ['ink', 'paper', 4.5],
  ['ink', 'raised', 4.5],
  ['quiet', 'paper', 4.5],
  ['quiet', 'raised', 4.5],
  ['accent', 'paper', 4.5],
  ['accent', 'raised', 4.5],
  ['on-accent', 'accent', 4.5],
  ['warn', 'raised', 3],
  ['warn', 'paper', 3],
];

test.each(
  pairs.flatMap(([text, ground, least]) => [
    { text, ground, least, scheme: 'light' as const },
    { text, ground, least, scheme: 'dark' as const },
  ]),
)('$text on $ground has $least:1 or more ($scheme)', ({ text, ground, least, scheme }) => {
  const [one, other] = [colours.get(text), colours.get(ground)];
  expect(contrast(one![scheme], other![scheme])).toBeGreaterThanOrEqual(least);
});
