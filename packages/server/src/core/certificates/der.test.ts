// The DER writer against OpenSSL's reader, and the strict reader against every spoilt form.
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bitString,
  boolean,
  enumerated,
  explicit,
  fromCanonicalPem,
  integer,
  membersOf,
  namedBits,
  objectIdentifier,
  octetString,
  sequence,
  setOfOne,
  splitSigned,
  time,
  toPem,
  utf8String,
} from './der.ts';

// The runner names peers that this machine lacks.
const withOpenssl = test.skipIf(process.env['COUNTERSIGN_MISSING_PEERS']?.includes('openssl') === true);

const asn1parse = (der: Uint8Array): string =>
  execFileSync('openssl', ['asn1parse', '-inform', 'DER'], { input: der }).toString();

describe('writer', () => {
  withOpenssl('openssl reads what is written', () => {
    const text = asn1parse(
      sequence(
        integer(0),
        integer(128),
        integer(Buffer.from('00ff01', 'hex')),
        boolean(true),
        objectIdentifier('1.2.840.10045.4.3.2'),
        objectIdentifier('2.5.29.20'),
        enumerated(5),
        setOfOne(utf8String('Größe')),
        explicit(3, octetString(Buffer.alloc(300, 1))),
        time(Date.UTC(2049, 11, 31, 23, 59, 59)),
        time(Date.UTC(2050, 0, 1)),
        namedBits(5, 6),
        bitString(Buffer.from([7])),
      ),
    );
    for (const part of [
      'INTEGER           :00',
      'INTEGER           :80',
      'INTEGER           :FF01',
      'BOOLEAN           :255',
      ':ecdsa-with-SHA256',
      ':X509v3 CRL Number',
      'ENUMERATED        :05',
      'UTF8STRING',
      'cont [ 3 ]',
      'UTCTIME           :491231235959Z',
      'GENERALIZEDTIME   :20500101000000Z',
    ])
      expect(text).toContain(part);
  });

  test('named bits drop trailing zeros (X.690 11.2.2)', () => {
    expect(Buffer.from(namedBits(0)).toString('hex')).toBe('03020780');
    expect(Buffer.from(namedBits(5, 6)).toString('hex')).toBe('03020106');
  });

  test('any integer is positive and shortest', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 20 }), (bytes) => {
        const der = Buffer.from(integer(bytes));
        const hex = der.subarray(2).toString('hex');
        expect(BigInt(`0x${hex}`)).toBe(BigInt(`0x${Buffer.from(bytes).toString('hex')}`));
        expect((der[2] ?? 0) < 0x80).toBe(true);
        if (der.length > 3) expect(der[2] === 0 && (der[3] ?? 0) < 0x80).toBe(false);
      }),
    );
  });
});

describe('reader', () => {
  test('gives back the members that were written', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 5 }), (contents) => {
        const members = contents.map((bytes) => Buffer.from(octetString(bytes)));
        expect(membersOf(sequence(...members))).toEqual(members);
      }),
    );
  });

  test('anything at all is read or refused, never thrown', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        splitSigned(bytes);
        splitSigned(sequence(bytes));
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ['indefinite length', '3080020100'],
    ['length longer than needed', '308103020100'],
    ['trailing byte', '300302010000'],
    ['cut off', '30040201'],
    ['huge length', '3084ffffffff'],
    ['length of five bytes', '308500000000030201'],
    ['not a sequence', '3103020100'],
    ['empty', ''],
  ])('%s is refused', (_, hex) => expect(membersOf(Buffer.from(hex, 'hex'))).toBeUndefined());

  test('PEM is canonical or refused', () => {
    const pem = toPem('CERTIFICATE', Buffer.alloc(100, 9));
    expect(fromCanonicalPem('CERTIFICATE', pem)).toEqual(Buffer.alloc(100, 9));
    for (const other of [
      pem.replace(/\n/g, '\r\n'),
      `${pem}\n`,
      pem.trim(),
      pem.replace('CQkJ', 'CQ kJ'),
      '',
    ])
      expect(fromCanonicalPem('CERTIFICATE', other)).toBeUndefined();
  });
});
