// Whatever bytes come, reading ends with a request or with nothing, and within limits.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { octetsOf, readBer } from './ber.ts';
import { integer, objectIdentifier, octetString, sequence } from './der.ts';
import { readOcspRequest } from './ocsp-request.ts';

const certId = (serial: number) =>
  sequence(
    sequence(objectIdentifier('1.3.14.3.2.26')),
    octetString(Buffer.alloc(20, 1)),
    octetString(Buffer.alloc(20, 2)),
    integer(serial),
  );
const requestFor = (...serials: number[]) =>
  sequence(sequence(sequence(...serials.map((serial) => sequence(certId(serial))))));

test('what is asked is read', () => {
  const read = readOcspRequest(requestFor(0x80, 7));
  expect(read?.certificates.map(({ serial, hash }) => [serial, hash])).toEqual([
    ['80', 'sha1'],
    ['07', 'sha1'],
  ]);
  expect(read?.nonce).toBeNull();
});

test('none, more than eight, and more than 4 KiB are refused', () => {
  const serials = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
  expect(readOcspRequest(requestFor())).toBeUndefined();
  expect(readOcspRequest(requestFor(...serials(8)))?.certificates).toHaveLength(8);
  expect(readOcspRequest(requestFor(...serials(9)))).toBeUndefined();
  expect(readOcspRequest(Buffer.alloc(4097))).toBeUndefined();
});

test('any bytes, and a request with any byte changed, are read or refused, never thrown over', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      readBer(bytes);
      readOcspRequest(bytes);
    }),
  );
  const good = requestFor(1, 2);
  fc.assert(
    fc.property(fc.nat({ max: good.length - 1 }), fc.nat({ max: 255 }), (at, value) => {
      const bytes = Buffer.from(good);
      bytes[at] = value;
      readOcspRequest(bytes);
    }),
  );
});

test('depth and number of elements are bounded; indefinite lengths and pieces are read', () => {
  const nested = (depth: number): Uint8Array => (depth === 0 ? integer(1) : sequence(nested(depth - 1)));
  expect(readBer(nested(24))).toBeDefined();
  expect(readBer(nested(25))).toBeUndefined();
  const deepIndefinite = Buffer.concat([Buffer.from('3080'.repeat(30), 'hex'), Buffer.alloc(60)]);
  expect(readBer(deepIndefinite)).toBeUndefined();
  expect(readBer(sequence(...Array.from({ length: 2001 }, () => integer(1))))).toBeUndefined();
  const pieces = readBer(Buffer.from('248004026162040163' + '0000', 'hex'));
  expect(pieces && octetsOf(pieces)?.toString()).toBe('abc');
  expect(readBer(Buffer.from('0480' + '0000', 'hex'))).toBeUndefined();
});
