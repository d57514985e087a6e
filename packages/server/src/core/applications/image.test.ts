import { imageTypes, maxImagePixels } from '@countersign/contract/images.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lookAtImage } from './image.ts';
import { pictures, pngChunk, pngOf } from './images.test-support.ts';

const size = { width: 3, height: 2 };

function changed(from: Uint8Array, at: number, ...values: readonly number[]): Buffer {
  const copy = Buffer.from(from);
  copy.set(values, at);
  return copy;
}

/** The JPEG with its frame saying another size. */
function jpegOf(width: number, height: number): Buffer {
  const frame = pictures.jpeg.indexOf(Buffer.of(0xff, 0xc0));
  return changed(pictures.jpeg, frame + 5, height >> 8, height & 255, width >> 8, width & 255);
}

function webpOf(kind: 'webp' | 'lossless' | 'extended', width: number, height: number): Buffer {
  const copy = Buffer.from(pictures[kind]);
  if (kind === 'webp') {
    copy.writeUInt16LE(width, 26);
    copy.writeUInt16LE(height, 28);
  } else if (kind === 'lossless') copy.writeUInt32LE((width - 1) | ((height - 1) << 14), 21);
  else {
    copy.writeUIntLE(width - 1, 24, 3);
    copy.writeUIntLE(height - 1, 27, 3);
  }
  return copy;
}

describe('what an image is, by its own bytes', () => {
  test.each([
    ['png', 'image/png'],
    ['jpeg', 'image/jpeg'],
    ['progressive', 'image/jpeg'],
    ['webp', 'image/webp'],
    ['lossless', 'image/webp'],
    ['extended', 'image/webp'],
  ] as const)('%s', (name, type) => {
    expect(lookAtImage(pictures[name])).toEqual({ type, ...size });
  });

  test.each([
    ['SVG', '<svg xmlns="http://www.w3.org/2000/svg"/>'],
    ['GIF', 'GIF89a\x03\x00\x02\x00'],
    ['HTML that begins as a comment', '<!--\x89PNG'],
    [
      'SVG with a script',
      '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>',
    ],
    ['a page', '<!doctype html><script>1</script>'],
    ['PDF', '%PDF-1.7\n'],
    ['BMP', 'BM\x00\x00\x00\x00'],
    ['a PNG behind something else', ' \x89PNG\r\n\x1a\n'],
    ['nothing', ''],
  ])('%s is none', (_, text) => {
    expect(lookAtImage(Buffer.from(text, 'latin1'))).toEqual({ refusal: 'not an image of a known kind' });
  });

  test('sizes up to 2,048 either way, in every format', () => {
    const side = fc.integer({ min: 1, max: 16_383 });
    const makers = [
      pngOf,
      jpegOf,
      ...(['webp', 'lossless', 'extended'] as const).map(
        (kind) => (width: number, height: number) => webpOf(kind, width, height),
      ),
    ];
    fc.assert(
      fc.property(fc.constantFrom(...makers), side, side, (make, width, height) => {
        const seen = lookAtImage(make(width, height));
        if (width > maxImagePixels || height > maxImagePixels) expect(seen).toEqual({ refusal: 'too large' });
        else expect(seen).toMatchObject({ width, height });
      }),
    );
    expect(lookAtImage(pngOf(maxImagePixels, maxImagePixels))).toMatchObject({ width: maxImagePixels });
    expect(lookAtImage(pngOf(0xffffffff, 1))).toEqual({ refusal: 'too large' });
    for (const none of [pngOf(0, 1), jpegOf(3, 0), webpOf('webp', 0, 2)])
      expect(lookAtImage(none)).toEqual({ refusal: 'not whole' });
  });

  test('nothing that moves', () => {
    const animated = { refusal: 'animated' };
    expect(lookAtImage(pngOf(3, 2, pngChunk('acTL', Buffer.alloc(8))))).toEqual(animated);
    expect(lookAtImage(changed(pictures.extended, 20, 0b10010))).toEqual(animated);
  });

  test('a file with something behind it is refused where its end can be told', () => {
    for (const picture of [pictures.png, pictures.webp])
      expect(lookAtImage(Buffer.concat([picture, Buffer.from('<script>')]))).toEqual({
        refusal: 'not whole',
      });
  });
});

describe('whatever comes', () => {
  const pieces = Object.values(pictures);

  test('a part of an image is refused, or has the same size', () => {
    fc.assert(
      fc.property(fc.constantFrom(...pieces), fc.nat(), (picture, cut) => {
        const seen = lookAtImage(picture.subarray(0, cut % picture.length));
        if (!('refusal' in seen)) expect(seen).toMatchObject(size);
      }),
    );
  });

  test('bytes of any kind, also behind the beginning of an image, are judged and never thrown at', () => {
    const beginnings = fc.constantFrom(Buffer.of(), ...pieces.map((picture) => picture.subarray(0, 16)));
    fc.assert(
      fc.property(beginnings, fc.uint8Array({ maxLength: 400 }), (beginning, rest) => {
        const seen = lookAtImage(Buffer.concat([beginning, rest]));
        if ('refusal' in seen) return;
        expect(imageTypes).toContain(seen.type);
        expect(Math.max(seen.width, seen.height)).toBeLessThanOrEqual(maxImagePixels);
      }),
      { numRuns: 2000 },
    );
  });

  test('one changed byte is judged and never thrown at', () => {
    fc.assert(
      fc.property(fc.constantFrom(...pieces), fc.nat(), fc.nat(255), (picture, at, value) => {
        lookAtImage(changed(picture, at % picture.length, value));
      }),
      { numRuns: 2000 },
    );
  });
});
