// The picture by which people recognise one device on two screens (ADR 0018): a pure function of 32 bytes, so that phone and console
// cannot but draw the same. Four shapes in a square, each of 8 forms and 8 colours, and five of 256 words for those who cannot see it.
import { pictureWords } from './picture-words.ts';

/**
 * The text whose SHA-256 is drawn. The device puts in the thumbprint of its own key, the server that of the key it deals with: where
 * somebody in between has put in another key, the pictures differ.
 * @param seed base64url, as the server gave it
 */
export const pictureText = (seed: string, keyThumbprint: string): string =>
  JSON.stringify(['countersign-picture-1', seed, keyThumbprint]);

/** Colours that people with any colour vision tell apart (Okabe and Ito 2008), on white. */
const colours = [
  { name: 'black', value: '#000000' },
  { name: 'orange', value: '#e69f00' },
  { name: 'sky', value: '#56b4e9' },
  { name: 'green', value: '#009e73' },
  { name: 'yellow', value: '#f0e442' },
  { name: 'blue', value: '#0072b2' },
  { name: 'red', value: '#d55e00' },
  { name: 'pink', value: '#cc79a7' },
] as const;

/** Outlines in a box of 100 by 100; what makes them differ is their form, not their size. */
const forms = [
  { name: 'circle', path: 'M50 8a42 42 0 1 1 0 84a42 42 0 1 1 0-84z' },
  { name: 'square', path: 'M12 12h76v76h-76z' },
  { name: 'triangle', path: 'M50 8l44 80h-88z' },
  { name: 'diamond', path: 'M50 4l34 46l-34 46l-34-46z' },
  { name: 'cross', path: 'M35 8h30v27h27v30h-27v27h-30v-27h-27v-30h27z' },
  {
    name: 'star',
    path: 'M50 5l13.2 26.8l29.6 4.3l-21.4 20.9l5 29.5l-26.4-13.9l-26.4 13.9l5-29.5l-21.4-20.9l29.6-4.3z',
  },
  { name: 'moon', path: 'M66 8a42 42 0 1 0 0 84a52 52 0 0 1 0-84z' },
  { name: 'ring', path: 'M50 8a42 42 0 1 1 0 84a42 42 0 1 1 0-84zm0 24a18 18 0 1 0 0 36a18 18 0 1 0 0-36z' },
] as const;

export type PictureForm = (typeof forms)[number]['name'];
export type PictureColour = (typeof colours)[number]['name'];

export interface PictureShape {
  readonly form: PictureForm;
  readonly colour: PictureColour;
  /** `#rrggbb`, for the `fill` attribute; draw a thin dark outline besides, since yellow on white is weak. */
  readonly fill: string;
  /** `d` of an SVG path in a box of 100 by 100, to be filled with fill-rule `evenodd`. */
  readonly path: string;
  /** Where the box stands in the picture's view box of 220 by 220. */
  readonly x: number;
  readonly y: number;
}

export interface Picture {
  /** Top left, top right, bottom left, bottom right. */
  readonly shapes: readonly PictureShape[];
  readonly words: Readonly<Record<keyof typeof pictureWords, readonly string[]>>;
}

const shapeCount = 4;
const wordCount = 5;
const pitch = 110;

/** @param digest 32 bytes: SHA-256 of `pictureText`. @throws RangeError for any other length */
export function pictureOf(digest: Uint8Array): Picture {
  if (digest.length !== 32) throw new RangeError('a picture is made of 32 bytes');
  const shapes = [...digest.subarray(0, shapeCount)].map(shapeAt);
  const places = [...digest.subarray(shapeCount, shapeCount + wordCount)];
  const words = (list: readonly string[]) => places.map((place) => list[place] ?? '');
  return { shapes, words: { en: words(pictureWords.en), de: words(pictureWords.de) } };
}

function shapeAt(byte: number, index: number): PictureShape {
  const form = forms[byte & 7] ?? forms[0];
  const colour = colours[(byte >> 3) & 7] ?? colours[0];
  return {
    form: form.name,
    colour: colour.name,
    fill: colour.value,
    path: form.path,
    x: (index % 2) * pitch + 5,
    y: Math.floor(index / 2) * pitch + 5,
  };
}
