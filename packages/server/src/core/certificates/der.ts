// Writes DER (ITU-T X.690) for the few structures that we issue, and splits what others signed. Nothing here knows what a
// structure means.

export type Der = Uint8Array;

const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** One element: tag, shortest length (X.690 10.1), contents one after the other. */
export function element(tag: number, ...contents: readonly Der[]): Der {
  const body = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag, ...lengthOf(body.length)]), body]);
}

function lengthOf(length: number): readonly number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [0x80 | bytes.length, ...bytes];
}

export const sequence = (...members: readonly Der[]): Der => element(tags.sequence, ...members);
/** A SET OF with one member; more would have to be sorted (X.690 11.6), which nothing here needs. */
export const setOfOne = (member: Der): Der => element(tags.set, member);
export const octetString = (contents: Der): Der => element(tags.octetString, contents);
export const boolean = (value: boolean): Der => element(tags.boolean, Buffer.from([value ? 0xff : 0]));
export const utf8String = (text: string): Der => element(tags.utf8String, Buffer.from(text));
/** A BIT STRING of whole bytes. */
export const bitString = (contents: Der): Der => element(tags.bitString, Buffer.from([0]), contents);
export const enumerated = (value: number): Der => element(tags.enumerated, unsigned(value));
/** @param value a whole number from 0, or big-endian bytes of one. */
export const integer = (value: number | Uint8Array): Der => element(tags.integer, unsigned(value));
/** `[number] EXPLICIT`. */
export const explicit = (number: number, inner: Der): Der => element(0xa0 | number, inner);
/** `[number] IMPLICIT` around members (constructed) … */
export const constructed = (number: number, ...members: readonly Der[]): Der =>
  element(0xa0 | number, ...members);
/** … and around bytes (primitive). */
export const primitive = (number: number, contents: Der): Der => element(0x80 | number, contents);

function unsigned(value: number | Uint8Array): Buffer {
  const bytes = typeof value === 'number' ? bytesOf(value) : Buffer.from(value);
  const first = bytes.findIndex((byte) => byte !== 0);
  const shortest = first === -1 ? Buffer.from([0]) : bytes.subarray(first);
  // A set top bit would make it negative (X.690 8.3).
  return (shortest[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), shortest]) : shortest;
}

function bytesOf(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

/** @param dotted for example `1.2.840.10045.2.1`. */
export function objectIdentifier(dotted: string): Der {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return element(tags.objectIdentifier, Buffer.from([first * 40 + second, ...rest].flatMap(base128)));
}

function base128(arc: number): number[] {
  const bytes = [arc % 128];
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128))
    bytes.unshift(0x80 | (rest % 128));
  return bytes;
}

/** A time to the second: UTCTime through 2049, GeneralizedTime from 2050 (RFC 5280 4.1.2.5). @param at epoch milliseconds. */
export function time(at: number): Der {
  const digits = `${new Date(at).toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`;
  const year = Number(digits.slice(0, 4));
  return year < 2050
    ? element(tags.utcTime, Buffer.from(digits.slice(2)))
    : element(tags.generalizedTime, Buffer.from(digits));
}

/** A GeneralizedTime to the second, whatever the year (RFC 6960 4.2.2.1). @param at epoch milliseconds */
export const generalizedTime = (at: number): Der =>
  element(
    tags.generalizedTime,
    Buffer.from(`${new Date(at).toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`),
  );

/** A named BIT STRING without trailing zero bits (X.690 11.2.2). @param bits numbers of the bits that are set, 0 to 7. */
export function namedBits(...bits: readonly number[]): Der {
  const last = Math.max(...bits);
  const byte = bits.reduce((sum, bit) => sum | (0x80 >> bit), 0);
  return element(tags.bitString, Buffer.from([7 - last, byte]));
}

/** PEM with lines of 64 characters and a final newline (RFC 7468). */
export function toPem(label: string, der: Der): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

/** The bytes in a PEM text, or undefined unless it is exactly what `toPem` writes. */
export function fromCanonicalPem(label: string, pem: string): Buffer | undefined {
  const begin = `-----BEGIN ${label}-----\n`;
  const end = `-----END ${label}-----\n`;
  if (!pem.startsWith(begin) || !pem.endsWith(end)) return undefined;
  const der = Buffer.from(pem.slice(begin.length, -end.length), 'base64');
  return toPem(label, der) === pem ? der : undefined;
}

/** The bytes in the first PEM of this label in a text, however it is wrapped; undefined when there is none. */
export function fromPem(label: string, text: string): Buffer | undefined {
  const base64 = new RegExp(`-----BEGIN ${label}-----([A-Za-z0-9+/=\\s]+)-----END ${label}-----`).exec(
    text,
  )?.[1];
  return base64 === undefined ? undefined : Buffer.from(base64, 'base64');
}

export interface SignedStructure {
  readonly toBeSigned: Buffer;
  /** AlgorithmIdentifier, whole. */
  readonly algorithm: Buffer;
  readonly signature: Buffer;
}

/** Splits `SEQUENCE { toBeSigned, algorithm, BIT STRING }` (a certificate, RFC 5280 4.1), or undefined unless it is strict DER. */
export function splitSigned(der: Uint8Array): SignedStructure | undefined {
  const [toBeSigned, algorithm, bits, ...more] = membersOf(der) ?? [];
  if (!toBeSigned || !algorithm || !bits || more.length > 0) return undefined;
  const signature = readElement(bits, 0);
  // The first byte tells how many bits at the end do not count.
  if (signature?.tag !== tags.bitString || bits[signature.start] !== 0) return undefined;
  return { toBeSigned, algorithm, signature: bits.subarray(signature.start + 1) };
}

/** The members of a SEQUENCE, each a whole element, or undefined unless that is all there is and lengths are DER's. */
export function membersOf(der: Uint8Array): readonly Buffer[] | undefined {
  const outer = readElement(der, 0);
  if (outer?.tag !== tags.sequence || outer.end !== der.length) return undefined;
  const bytes = Buffer.from(der);
  const members: Buffer[] = [];
  for (let offset = outer.start; offset < outer.end; ) {
    const member = readElement(der, offset);
    if (!member) return undefined;
    members.push(bytes.subarray(offset, member.end));
    offset = member.end;
  }
  return members;
}

interface Extent {
  readonly tag: number;
  readonly start: number;
  readonly end: number;
}

function readElement(bytes: Uint8Array, offset: number): Extent | undefined {
  const tag = bytes[offset];
  const first = bytes[offset + 1];
  if (tag === undefined || first === undefined) return undefined;
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  // Four bytes tell more than we ever read; a first byte of 0x80 (indefinite) is not DER.
  if (lengthBytes > 4 || first === 0x80) return undefined;
  const start = offset + 2 + lengthBytes;
  const length =
    lengthBytes === 0 ? first : bytes.slice(offset + 2, start).reduce((sum, byte) => sum * 256 + byte, 0);
  const shortest = lengthOf(length).length === 1 + lengthBytes;
  return shortest && start + length <= bytes.length ? { tag, start, end: start + length } : undefined;
}
