// Every parser that strangers' bytes reach: whatever they are, there is an answer in little time, and never an exception.
import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readBer } from '#core/certificates/ber.ts';
import {
  constructed,
  type Der,
  element,
  explicit,
  integer,
  octetString,
  sequence,
} from '#core/certificates/der.ts';
import { membersOf, splitSigned } from '#core/certificates/der.ts';
import { readOcspRequest } from '#core/certificates/ocsp-request.ts';
import { readSubject } from '#core/scep/subject-text.ts';
import {
  certificatesOnly,
  contentOf,
  oids,
  openEnvelope,
  readEnvelope,
  signData,
  writeEnvelope,
} from '#core/certificates/cms.ts';
import { readRequest } from './read-request.ts';
import { readSignedMessage } from '#core/certificates/signed-message.ts';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
/** Far above what it takes, far below what would hurt: the machine may be busy. */
const boundMs = 250;
const largest = 16_384;

/** Every parser, over the same bytes. */
function parseAll(bytes: Uint8Array): void {
  const node = readBer(bytes);
  const signed = readSignedMessage(bytes);
  expect(signed).toBeUndefined();
  readEnvelope(contentOf(node, oids.envelopedData), Buffer.from(bytes));
  expect(readRequest(bytes, publicKey, true)).toBeUndefined();
  readOcspRequest(bytes);
  readSubject(bytes);
  membersOf(bytes);
  splitSigned(bytes);
}

function timed(work: () => void): number {
  const before = performance.now();
  work();
  return performance.now() - before;
}

const nested = (depth: number, make: (inner: Der) => Der, inner: Der = element(0x05)): Der => {
  let made = inner;
  for (let level = 0; level < depth; level += 1) made = make(made);
  return made;
};

const hostile: readonly (readonly [string, Der])[] = [
  ['nested a thousand deep', nested(1000, (inner) => sequence(inner))],
  ['octet strings nested in pieces', nested(1000, (inner) => element(0x24, inner))],
  [
    'indefinite lengths that never end',
    Buffer.concat(Array.from({ length: largest / 2 }, () => Buffer.from([0x30, 0x80]))),
  ],
  [
    'indefinite lengths, all ended',
    Buffer.concat([Buffer.alloc(8000, Buffer.from([0x30, 0x80])), Buffer.alloc(8000)]),
  ],
  ['eight thousand empty elements', sequence(Buffer.alloc(largest - 10, Buffer.from([0x05, 0x00])))],
  ['a length of four gigabytes', Buffer.from('3084ffffffff', 'hex')],
  ['a length of a hundred bytes', Buffer.concat([Buffer.from([0x30, 0xe4]), Buffer.alloc(100, 0xff)])],
  ['a tag without end', Buffer.alloc(largest, 0xff)],
  ['nothing but zeros', Buffer.alloc(largest)],
  [
    'thousands of recipients',
    envelopedWith(
      Array.from({ length: 300 }, () =>
        sequence(integer(0), sequence(), sequence(), octetString(Buffer.alloc(2))),
      ),
    ),
  ],
  ['thousands of certificates', certificatesOnly(Array.from({ length: 900 }, () => sequence()))],
  [
    'an object identifier of megabytes',
    sequence(element(0x06, Buffer.alloc(largest - 20, 0x81)), explicit(0, sequence())),
  ],
  [
    'a signed message within a signed message',
    nested(8, (inner) => sequence(oids.signedData, explicit(0, sequence(inner)))),
  ],
];

function envelopedWith(recipients: readonly Der[]): Der {
  const data = sequence(
    integer(0),
    element(0x31, ...recipients),
    sequence(oids.data, sequence(), constructed(0)),
  );
  return sequence(oids.envelopedData, explicit(0, data));
}

test.each(hostile)('%s', (_name, bytes) => {
  expect(timed(() => parseAll(bytes))).toBeLessThan(boundMs);
});

test('any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => parseAll(bytes)),
    { numRuns: 300 },
  );
});

/** Trees that look like BER, with the tags and identifiers that matter. */
const { tree } = fc.letrec<{ tree: Der }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(...Object.values(oids)),
    fc.uint8Array({ maxLength: 20 }).map((bytes) => octetString(bytes)),
    fc.nat(255).map((value) => integer(value)),
    fc
      .tuple(
        fc.constantFrom(0x30, 0x31, 0xa0, 0x24, 0xa3, 0x80, 0x03),
        fc.array(tie('tree'), { maxLength: 6 }),
      )
      .map(([tag, members]) => element(tag, ...members)),
  ),
}));

test('trees of the right tags and identifiers in the wrong places', () => {
  fc.assert(
    fc.property(tree, (bytes) => parseAll(bytes)),
    { numRuns: 400 },
  );
});

test('an envelope with any byte bent, any encrypted key and any ciphertext opens into noise', () => {
  const cipher = {
    ...({ name: 'aes-128-cbc', keyBytes: 16, blockBytes: 16, isLegacy: false } as const),
    oid: Buffer.from('0609608648016503040102', 'hex'),
  };
  const recipient = sequence(sequence(), integer(1));
  const good = writeEnvelope(Buffer.alloc(100, 7), { cipher, recipient, key: publicKey });
  const read = (bytes: Uint8Array) => readEnvelope(contentOf(readBer(bytes), oids.envelopedData), recipient);
  expect(openEnvelope(read(good)!, privateKey).equals(Buffer.alloc(100, 7))).toBe(true);
  fc.assert(
    fc.property(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), (at, bits) => {
      const bytes = Buffer.from(good);
      bytes[at]! ^= bits;
      const envelope = read(bytes);
      if (envelope) expect(openEnvelope(envelope, privateKey)).toBeInstanceOf(Buffer);
    }),
    { numRuns: 150 },
  );
});

test('a message that says another algorithm, two signers, or none is none', () => {
  const certificate = sequence(sequence(integer(1), sequence(), sequence()));
  const signer = sequence(sequence(), integer(1));
  const signed = signData({ content: Buffer.from('x'), attributes: [], certificate, signer, privateKey });
  expect(readSignedMessage(signed)).toBeUndefined();
  const info = readBer(signed)!.members[1]!.members[0]!;
  const parts = info.members.map(({ whole }) => whole);
  const signers = info.members.at(-1)!.content;
  for (const last of [element(0x31), element(0x31, signers, signers), element(0x30, signers)])
    expect(
      readSignedMessage(sequence(oids.signedData, explicit(0, sequence(...parts.slice(0, -1), last)))),
    ).toBeUndefined();
  const swapped = sequence(oids.envelopedData, explicit(0, info.whole));
  expect(readSignedMessage(swapped)).toBeUndefined();
});
