// MD5 and HMAC-MD5 against the RFC's own digests and against node:crypto.
import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hmacMd5, md5 } from './md5.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const utf8 = (text: string) => new TextEncoder().encode(text);

test('RFC 1321 A.5 test suite', () => {
  expect(hex(md5())).toBe('d41d8cd98f00b204e9800998ecf8427e');
  expect(hex(md5(utf8('abc')))).toBe('900150983cd24fb0d6963f7d28e17f72');
  expect(hex(md5(utf8('message '), utf8('digest')))).toBe('f96b697d7cb7938d525a2f31aaf161d0');
  expect(hex(md5(utf8('1234567890'.repeat(8))))).toBe('57edf4a22be3c955ac49da2e2107b67a');
});

test('RFC 2104 appendix vectors', () => {
  expect(hex(hmacMd5(new Uint8Array(16).fill(0x0b), utf8('Hi There')))).toBe(
    '9294727a3638bb1c13f48ef8158bfc9d',
  );
  expect(hex(hmacMd5(utf8('Jefe'), utf8('what do ya want for nothing?')))).toBe(
    '750c783e6ab0b503eaa86e310a5db738',
  );
});

test('equals node:crypto for any key and any parts', () => {
  const bytes = fc.uint8Array({ maxLength: 300 });
  fc.assert(
    fc.property(bytes, fc.array(bytes, { maxLength: 4 }), (key, parts) => {
      const joined = Buffer.concat(parts);
      expect(hex(md5(...parts))).toBe(createHash('md5').update(joined).digest('hex'));
      expect(hex(hmacMd5(key, ...parts))).toBe(createHmac('md5', key).update(joined).digest('hex'));
      expect(hex(hmacMd5(key, ...parts))).toBe(createHmac('md5', key).update(joined).digest('hex'));
    }),
  );
});

test.each([
  ['Uint8Array', utf8('first secret')],
  ['Buffer', Buffer.from('first secret')],
])('a secret overwritten in its %s is not answered from the kept key state', (_, secret) => {
  hmacMd5(secret, utf8('x'));
  secret.set(utf8('other secret'));
  expect(hex(hmacMd5(secret, utf8('x')))).toBe(createHmac('md5', 'other secret').update('x').digest('hex'));
});
