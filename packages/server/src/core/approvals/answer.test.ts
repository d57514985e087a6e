// Answers as the soft authenticator signs them are read; every deviation is refused with its cause; nothing makes the reader throw.
import { newKey, type PublicJwk, publicPart } from '@countersign/testkit/soft-authenticator/keys.ts';
import {
  type AnswerOverrides,
  openChallenge,
  type PendingChallenge,
  signAnswer,
} from '@countersign/testkit/soft-authenticator/challenge.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readAnswer } from './answer.ts';
import { encryptContent } from './content.ts';

const id = (prefix: string) => `${prefix}_0199c000-0000-7000-8000-000000000001`;
const key = await newKey();
const other = await newKey();
const challenge = {
  id: id('chl'),
  plaintext: '{"title":"Log in to VPN"}',
  content: { request_id: id('req'), nonce: 'bm9uY2U' },
} as unknown as PendingChallenge;
const fields = {
  deviceId: id('dev'),
  challenge,
  decision: 'approve',
  number: '42',
  now: 1_790_000_000_500,
} as const;

const read = async (overrides: AnswerOverrides = {}, jwk: PublicJwk = publicPart(key)) =>
  readAnswer(await signAnswer(key, fields, overrides), jwk);

describe('answer', () => {
  test('is read', async () => {
    expect(await read()).toEqual({
      kind: 'ok',
      payload: {
        request_id: id('req'),
        challenge_id: id('chl'),
        device_id: id('dev'),
        decision: 'approve',
        nonce: 'bm9uY2U',
        shown: expect.stringMatching(/^[\w-]{43}$/) as unknown,
        number: '42',
        iat: 1_790_000_000,
      },
    });
  });

  test.each<[string, string, AnswerOverrides]>([
    ['another type', 'header', { header: { typ: 'dpop+jwt' } }],
    ['an unknown header member', 'header', { header: { jwk: publicPart(key) } }],
    ['another kid', 'key', { header: { kid: 'x' } }],
    ['another key', 'signature', { signingKey: other }],
    ['an unknown member', 'payload', { payload: { admin: true } }],
    ['a missing member', 'payload', { payload: { nonce: undefined } }],
    ['another decision', 'payload', { payload: { decision: 'maybe' } }],
    ['a number as number', 'payload', { payload: { number: 42 } }],
    ['letters as number', 'payload', { payload: { number: '4x' } }],
    ['a long number', 'payload', { payload: { number: '123456789' } }],
    ['a time with a fraction', 'payload', { payload: { iat: 1.5 } }],
    ['a short digest', 'payload', { payload: { shown: 'abc' } }],
    ['four parts', 'not_compact_jws', { tamper: (jws) => `${jws}.x` }],
    ['padding', 'not_compact_jws', { tamper: (jws) => `${jws}=` }],
    ['too long', 'too_large', { tamper: (jws) => jws.padEnd(4097, 'A') }],
  ])('with %s is refused', async (_name, cause, overrides) => {
    expect(await read(overrides)).toEqual({ kind: 'invalid', cause });
  });

  test('of another device’s key is refused', async () => {
    expect(await read({}, publicPart(other))).toEqual({ kind: 'invalid', cause: 'key' });
    const off = { ...publicPart(key), y: key.x };
    expect(await read({}, off)).toEqual({ kind: 'invalid', cause: 'key' });
  });

  test('with any character flipped is refused', async () => {
    const jws = await signAnswer(key, fields);
    for (let i = 0; i < jws.length; i++) {
      const flipped = jws.slice(0, i) + String.fromCharCode(jws.charCodeAt(i) ^ 1) + jws.slice(i + 1);
      expect(readAnswer(flipped, publicPart(key)).kind, `character ${i}`).toBe('invalid');
    }
  });

  test('of any text is refused, never thrown', () => {
    const part = fc.oneof(
      fc.string(),
      fc.json().map((json) => Buffer.from(json).toString('base64url')),
    );
    const text = fc.oneof(
      fc.string(),
      fc.tuple(part, part, part).map((parts) => parts.join('.')),
    );
    fc.assert(
      fc.property(text, (jws) => {
        expect(readAnswer(jws, publicPart(key)).kind).toBe('invalid');
      }),
    );
  });
});

describe('content', () => {
  const text = `{"challenge_id":"${challenge.id}","title":"Größe 🙂"}`;

  test('is read by the device it is for, byte for byte', async () => {
    const jwe = encryptContent(text, publicPart(key));
    const header: unknown = JSON.parse(Buffer.from(jwe.split('.')[0] ?? '', 'base64url').toString());
    expect(header).toMatchObject({ alg: 'ECDH-ES', enc: 'A256GCM' });
    expect((await openChallenge(challenge.id, jwe, key)).plaintext).toBe(text);
  });

  test('is read by no other key, nor after a change', async () => {
    const jwe = encryptContent(text, publicPart(key));
    await expect(openChallenge(challenge.id, jwe, other)).rejects.toThrow();
    const [header, , nonce, cipher = '', tag] = jwe.split('.');
    const changed = [header, '', nonce, (cipher.startsWith('A') ? 'B' : 'A') + cipher.slice(1), tag];
    await expect(openChallenge(challenge.id, changed.join('.'), key)).rejects.toThrow();
  });

  test('never has the same key twice', () => {
    expect(encryptContent(text, publicPart(key))).not.toBe(encryptContent(text, publicPart(key)));
  });
});
