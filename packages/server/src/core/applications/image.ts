// An image of an application, looked at before it is kept: its kind by its own bytes, whole by its own frame, its size by its header.
// Nothing is decoded: what a browser makes of the pixels is bounded by the size.
import { type ImageType, maxImagePixels } from '@countersign/contract/images.ts';

export type ImageRefusal = 'not an image of a known kind' | 'not whole' | 'animated' | 'too large';

interface Size {
  readonly width: number;
  readonly height: number;
}

export type SeenImage = ({ readonly type: ImageType } & Size) | { readonly refusal: ImageRefusal };

/** Judges the bytes of an image, whatever they were said to be. */
export function lookAtImage(bytes: Uint8Array): SeenImage {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const { type, begins, read } of formats) {
    if (!begins(view)) continue;
    const size = read(view);
    if (typeof size === 'string') return { refusal: size };
    const sides = [size.width, size.height];
    if (sides.some((side) => side < 1)) return { refusal: 'not whole' };
    if (sides.some((side) => side > maxImagePixels)) return { refusal: 'too large' };
    return { type, ...size };
  }
  return { refusal: 'not an image of a known kind' };
}

interface Format {
  readonly type: ImageType;
  begins(view: Buffer): boolean;
  read(view: Buffer): Size | ImageRefusal;
}

const textAt = (view: Buffer, at: number, length = 4): string => view.toString('latin1', at, at + length);

const pngSignature = '\x89PNG\r\n\x1a\n';

/** PNG (W3C, third edition) 5: a signature, then chunks of length, type, data and checksum. */
function readPng(view: Buffer): Size | ImageRefusal {
  let size: Size | undefined;
  for (let at = 8; at + 12 <= view.length; ) {
    const [length, type] = [view.readUInt32BE(at), textAt(view, at + 4)];
    const next = at + 12 + length;
    if (next > view.length) return 'not whole';
    if (!size) {
      if (type !== 'IHDR' || length !== 13) return 'not whole';
      size = { width: view.readUInt32BE(at + 8), height: view.readUInt32BE(at + 12) };
    }
    if (type === 'acTL') return 'animated';
    if (type === 'IEND') return next === view.length ? size : 'not whole';
    at = next;
  }
  return 'not whole';
}

/** Start of frame of the processes that browsers show: baseline, extended and progressive (ITU T.81 B.1.1.3). */
const startsOfFrame: readonly number[] = [0xc0, 0xc1, 0xc2];
const startOfScan = 0xda;

/** JPEG (ITU T.81 B.1.1): segments of marker, length and data; the size is in the frame, which comes before any scan. */
function readJpeg(view: Buffer): Size | ImageRefusal {
  for (let at = 2; at + 4 <= view.length; ) {
    const marker = view[at + 1] ?? 0;
    if (view[at] !== 0xff || marker === startOfScan) return 'not whole';
    // Fill bytes (B.1.1.2).
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const next = at + 2 + view.readUInt16BE(at + 2);
    if (startsOfFrame.includes(marker) && at + 9 <= Math.min(next, view.length))
      return { height: view.readUInt16BE(at + 5), width: view.readUInt16BE(at + 7) };
    at = next;
  }
  return 'not whole';
}

/** WebP (RFC 9649 2.3 to 2.7): a RIFF file whose first chunk is one picture, lossy or not, or says that more follows. */
function readWebp(view: Buffer): Size | ImageRefusal {
  if (view.length < 30 || view.readUInt32LE(4) + 8 !== view.length) return 'not whole';
  const chunkEnd = 20 + view.readUInt32LE(16);
  if (chunkEnd > view.length) return 'not whole';
  switch (textAt(view, 12)) {
    case 'VP8X': {
      const animation = 0b10;
      if (((view[20] ?? 0) & animation) !== 0) return 'animated';
      return { width: view.readUIntLE(24, 3) + 1, height: view.readUIntLE(27, 3) + 1 };
    }
    case 'VP8L': {
      if (view[20] !== 0x2f) return 'not whole';
      const bits = view.readUInt32LE(21);
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    case 'VP8 ':
      // RFC 6386 9.1: a key frame begins with three octets of its own and this code.
      if (textAt(view, 23, 3) !== '\x9d\x01\x2a') return 'not whole';
      return { width: view.readUInt16LE(26) & 0x3fff, height: view.readUInt16LE(28) & 0x3fff };
    default:
      return 'not whole';
  }
}

const formats: readonly Format[] = [
  { type: 'image/png', begins: (view) => textAt(view, 0, 8) === pngSignature, read: readPng },
  { type: 'image/jpeg', begins: (view) => textAt(view, 0, 3) === '\xff\xd8\xff', read: readJpeg },
  {
    type: 'image/webp',
    begins: (view) => textAt(view, 0) === 'RIFF' && textAt(view, 8) === 'WEBP',
    read: readWebp,
  },
];
