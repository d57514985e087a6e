// Words on the background of an application can be read whatever the picture: reckoned with the worst there can be, black and white.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { contrast, namedColours } from '@countersign/testkit/contrast.ts';
import { expect, test } from 'vitest';

const read = (file: string): string => readFileSync(join(import.meta.dirname, file), 'utf8');
const colours = namedColours(read('../../../ui/src/style/tokens.css').split('@media')[0] ?? '');
const scrim = Number(/--scrim: (\d+)%/.exec(read('pictures.css'))?.[1]) / 100;

const channels = (colour: string) => [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));

/** What is seen of the ground over a picture of one colour. */
function under(ground: string, picture: string): string {
  const [above, below] = [channels(ground), channels(picture)];
  const mixed = above.map((value, at) => Math.round(value * scrim + (below[at] ?? 0) * (1 - scrim)));
  return `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}

const pairs = ['paper', 'raised'].flatMap((ground) =>
  ['ink', 'quiet', 'accent', 'bad', 'warn'].map((text) => [text, ground] as const),
);

test.each(pairs)('%s on a picture under %s', (text, ground) => {
  const [one, other] = [colours.get(text), colours.get(ground)];
  for (const scheme of ['light', 'dark'] as const)
    for (const picture of ['#000000', '#ffffff', '#808080'])
      expect(
        contrast(one![scheme], under(other![scheme], picture)),
        `${scheme} ${picture}`,
      ).toBeGreaterThanOrEqual(4.5);
});
