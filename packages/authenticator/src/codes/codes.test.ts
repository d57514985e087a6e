import fc from 'fast-check';
import { expect, test } from 'vitest';
import { utf8 } from '../protocol/base64url.ts';
import { fromBase32 } from './base32.ts';
import { hotp, timeStep } from './one-time-password.ts';
import { newCode, readOtpauth, type TypedCode } from './otpauth.ts';

const ascii = '12345678901234567890';
const repeated = (length: number) => utf8(ascii.repeat(4).slice(0, length));

test('RFC 4226 appendix D', async () => {
  const codes = [
    '755224',
    '287082',
    '359152',
    '969429',
    '338314',
    '254676',
    '287922',
    '162583',
    '399871',
    '520489',
  ];
  for (const [counter, code] of codes.entries())
    expect(await hotp({ secret: utf8(ascii), counter, digits: 6, algorithm: 'SHA-1' })).toBe(code);
});

test.each([
  [59, '94287082', '46119246', '90693936'],
  [1_111_111_109, '07081804', '68084774', '25091201'],
  [1_111_111_111, '14050471', '67062674', '99943326'],
  [1_234_567_890, '89005924', '91819424', '93441116'],
  [2_000_000_000, '69279037', '90698825', '38618901'],
  [20_000_000_000, '65353130', '77737706', '47863826'],
])('RFC 6238 appendix B at %i s', async (seconds, sha1, sha256, sha512) => {
  const counter = timeStep(seconds * 1000, 30);
  const code = (algorithm: 'SHA-1' | 'SHA-256' | 'SHA-512', length: number) =>
    hotp({ secret: repeated(length), counter, digits: 8, algorithm });
  expect(await code('SHA-1', 20)).toBe(sha1);
  expect(await code('SHA-256', 32)).toBe(sha256);
  expect(await code('SHA-512', 64)).toBe(sha512);
});

test('RFC 4648 10: base32, and as people copy it', () => {
  const text = (given: string) => new TextDecoder().decode(fromBase32(given));
  expect(['MY======', 'MZXQ====', 'MZXW6===', 'MZXW6YQ=', 'MZXW6YTB', 'MZXW6YTBOI======'].map(text)).toEqual([
    'f',
    'fo',
    'foo',
    'foob',
    'fooba',
    'foobar',
  ]);
  expect(text('mzxw 6ytb-oi')).toBe('foobar');
  for (const wrong of ['', '   ', 'A', 'MZXW0', 'MZXW1', 'ä', '=']) expect(fromBase32(wrong)).toBeUndefined();
});

test('addresses of services', () => {
  expect(
    readOtpauth(
      'otpauth://totp/ACME%20Co:john@example.com?secret=MZXW6YTBOI&issuer=ACME%20Co&algorithm=SHA256&digits=8&period=60',
    ),
  ).toEqual({
    kind: 'totp',
    issuer: 'ACME Co',
    account: 'john@example.com',
    secret: utf8('foobar'),
    algorithm: 'SHA-256',
    digits: 8,
    period: 60,
    counter: 0,
  });
  expect(readOtpauth('otpauth://hotp/john?secret=MZXW6YTBOI&counter=7')).toMatchObject({
    kind: 'hotp',
    issuer: '',
    account: 'john',
    counter: 7,
    digits: 6,
  });
  for (const wrong of [
    'otpauth://totp/john',
    'otpauth://totp/john?secret=',
    'otpauth://totp/john?secret=0189',
    'otpauth://steam/john?secret=MZXW6YTBOI',
    'otpauth://totp/%E0%A4%A?secret=MZXW6YTBOI',
    'otpauth://totp/john?secret=MZXW6YTBOI&digits=5',
    'otpauth://totp/john?secret=MZXW6YTBOI&period=0',
    'otpauth://totp/john?secret=MZXW6YTBOI&algorithm=MD5',
    'otpauth://hotp/john?secret=MZXW6YTBOI&counter=-1',
    'https://example.com',
  ])
    expect(readOtpauth(wrong), wrong).toBeUndefined();
});

test('whatever is scanned is read or refused, and no name can turn the text around', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      (text) => void readOtpauth(`otpauth://totp/${text}?secret=MZXW6YTBOI`),
    ),
  );
  const typed: TypedCode = {
    kind: 'totp',
    issuer: 'Bank\u202ekcats\u0000',
    account: 'x'.repeat(500),
    secret: 'MZXW6YTBOI',
    algorithm: 'SHA-1',
    digits: '6',
    period: '30',
    counter: '0',
  };
  const code = newCode(typed);
  expect(code?.issuer).toBe('Bankkcats');
  expect(code?.account).toHaveLength(100);
});
