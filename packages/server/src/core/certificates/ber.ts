// Reads BER (ITU-T X.690) that strangers sent, within limits: how deep and how many elements. Clients write indefinite lengths and
// octet strings in pieces (Java's do), so DER is not demanded here. Nothing here knows what a structure means.

export interface Asn1 {
  readonly tag: number;
  /** The element as it came, with tag and length. */
  readonly whole: Buffer;
  /** What stands between length and end. */
  readonly content: Buffer;
  /** Empty when primitive. */
  readonly members: readonly Asn1[];
}

const maxDepth = 24;
const maxElements = 2000;
const constructedBit = 0x20;
const octetStringTag = 0x04;

interface Reading {
  readonly bytes: Buffer;
  elements: number;
}

interface Read {
  readonly node: Asn1;
  readonly end: number;
}

/** The one element that the bytes are, or undefined when they are none, deeper than 24 or of more than 2,000 elements. */
export function readBer(bytes: Uint8Array): Asn1 | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const read = readOne({ bytes: buffer, elements: 0 }, 0, buffer.length, 0);
  return read?.end === buffer.length ? read.node : undefined;
}

function readOne(reading: Reading, start: number, limit: number, depth: number): Read | undefined {
  reading.elements++;
  if (depth > maxDepth || reading.elements > maxElements || start + 2 > limit) return undefined;
  const tag = reading.bytes.readUInt8(start);
  // Tags above 30 have more bytes; nothing that we read has them.
  if ((tag & 0x1f) === 0x1f) return undefined;
  const isConstructed = (tag & constructedBit) !== 0;
  const first = reading.bytes.readUInt8(start + 1);
  if (first === 0x80) return isConstructed ? readIndefinite(reading, { start, limit, depth }) : undefined;
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  const from = start + 2 + lengthBytes;
  if (lengthBytes > 4 || from > limit) return undefined;
  const end = from + (lengthBytes === 0 ? first : reading.bytes.readUIntBE(start + 2, lengthBytes));
  if (end > limit) return undefined;
  const members = isConstructed ? readAll(reading, from, end, depth + 1) : [];
  if (!members) return undefined;
  const { bytes } = reading;
  return {
    node: { tag, whole: bytes.subarray(start, end), content: bytes.subarray(from, end), members },
    end,
  };
}

function readAll(reading: Reading, from: number, end: number, depth: number): readonly Asn1[] | undefined {
  const members: Asn1[] = [];
  for (let at = from; at < end; ) {
    const read = readOne(reading, at, end, depth);
    if (!read) return undefined;
    members.push(read.node);
    at = read.end;
  }
  return members;
}

/** X.690 8.1.3.6: members up to two zero bytes. */
function readIndefinite(
  reading: Reading,
  { start, limit, depth }: { readonly start: number; readonly limit: number; readonly depth: number },
): Read | undefined {
  const { bytes } = reading;
  const members: Asn1[] = [];
  let at = start + 2;
  while (at + 2 <= limit && bytes.readUInt16BE(at) !== 0) {
    const read = readOne(reading, at, limit, depth + 1);
    if (!read) return undefined;
    members.push(read.node);
    at = read.end;
  }
  if (at + 2 > limit) return undefined;
  const node = {
    tag: bytes.readUInt8(start),
    whole: bytes.subarray(start, at + 2),
    content: bytes.subarray(start + 2, at),
    members,
  };
  return { node, end: at + 2 };
}

/** The member with this tag at this place. */
export const memberAt = (node: Asn1 | undefined, index: number, tag: number): Asn1 | undefined => {
  const member = node?.members[index];
  return member?.tag === tag ? member : undefined;
};

/** The bytes of an OCTET STRING, also when its tag is implicit, whole or in pieces. */
export function octetsOf(node: Asn1): Buffer | undefined {
  if ((node.tag & constructedBit) === 0) return node.content;
  if (node.members.some(({ tag }) => tag !== octetStringTag)) return undefined;
  return Buffer.concat(node.members.map(({ content }) => content));
}
