// Numbers and bytes of Active Directory.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatGuid, guidBytes, readFileTime, relativeIdOf } from './active-directory-values.ts';

test('a GUID is written as Windows writes it', () => {
  // [MS-DTYP] 2.3.4.2: the same value as structure and as text.
  const bytes = Buffer.from('33221100554477668899aabbccddeeff', 'hex');
  expect(formatGuid(bytes)).toBe('00112233-4455-6677-8899-aabbccddeeff');
  expect(bytes.toString('hex')).toBe('33221100554477668899aabbccddeeff');
  expect(formatGuid(Buffer.alloc(15))).toBeUndefined();
});

test('a GUID that was written is the same bytes again; nothing else is', () => {
  const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 });
  fc.assert(
    fc.property(bytes, (each) => {
      expect(guidBytes(formatGuid(Buffer.from(each)) ?? '')).toEqual(Buffer.from(each));
    }),
  );
  for (const text of [
    '',
    '00112233445566778899aabbccddeeff',
    '*',
    `${'0'.repeat(8)}-0000-0000-0000-00000000000Z`,
  ])
    expect(guidBytes(text)).toBeUndefined();
});

test('different bytes are different texts', () => {
  const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 });
  fc.assert(
    fc.property(bytes, (each) => {
      const text = formatGuid(Buffer.from(each)) ?? '';
      expect(text).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      const [a = '', b = '', c = '', d = '', e = ''] = text.split('-');
      const back = [a, b, c].map((group) => Buffer.from(group, 'hex').reverse().toString('hex'));
      expect([...back, d, e].join('')).toBe(Buffer.from(each).toString('hex'));
    }),
  );
});

test('file times', () => {
  expect(readFileTime('116444736000000000')).toBe(0);
  expect(readFileTime('132223104000000000')).toBe(Date.UTC(2020, 0, 1));
  for (const never of ['0', '9223372036854775807', '', '-1', 'x', '1'.repeat(20)])
    expect(readFileTime(never)).toBeNull();
  fc.assert(
    fc.property(fc.integer({ min: -11_644_473_599_000, max: 8_640_000_000_000 }), (ms) => {
      expect(readFileTime(String(BigInt(ms) * 10_000n + 116_444_736_000_000_000n))).toBe(ms);
    }),
  );
});

test('the last number of a SID', () => {
  expect(
    relativeIdOf(Buffer.from('010500000000000515000000a065cf7e784b9b5fe77c8770' + '01020000', 'hex')),
  ).toBe(513);
  expect(relativeIdOf(Buffer.alloc(4))).toBeUndefined();
  expect(relativeIdOf(undefined)).toBeUndefined();
});
