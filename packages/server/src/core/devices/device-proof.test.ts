// Proofs: what a well-behaved device sends is accepted, every single deviation is refused with its cause, and nothing makes the
// reader throw.
import { generateKeyPairSync, sign } from 'node:crypto';
import { newKey } from '@countersign/testkit/soft-authenticator/keys.ts';
import { type ProofOverrides, signProof } from '@countersign/testkit/soft-authenticator/proof.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ProofCall, verifyProof } from './device-proof.ts';
import { readPublicJwk, thumbprintOf } from './p256.ts';

const now = 1_790_000_000_000;
const deps = { clock: { now: () => now, monotonic: () => now } };
const url = 'https://mfa.example.com/v1/device/challenges';
const body = Buffer.from('{"a":1}');
const key = await newKey();
const other = await newKey();
const { d: _, ...publicJwk } = key;

const prove = async (overrides: ProofOverrides = {}, call: Partial<ProofCall> = {}) => {
  const expected = { method: 'POST', url, body, ...call };
  const header = await signProof(key, { method: 'POST', url, body, now }, overrides);
  return verifyProof(deps, { header, ...expected });
};

const encode = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const privateKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const rawJws = (header: unknown, payload: unknown) => {
  const input = `${encode(header)}.${encode(payload)}`;
  const signature = sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return `${input}.${signature.toString('base64url')}`;
};
const judge = (header: string | undefined) => verifyProof(deps, { header, method: 'POST', url, body });

describe('accepted', () => {
  test('with and without a body', async () => {
    const withBody = await prove();
    expect(withBody).toMatchObject({ kind: 'ok', jwk: publicJwk, thumbprint: thumbprintOf(key) });
    const header = await signProof(key, { method: 'GET', url, body: undefined, now });
    const call = { header, method: 'GET', url, body: undefined };
    expect(verifyProof(deps, call)).toMatchObject({ kind: 'ok', expiresAt: now + 120_000 });
    expect(verifyProof(deps, { ...call, body: new Uint8Array() })).toMatchObject({ kind: 'ok' });
  });

  test('up to 60 seconds either way, then stale', async () => {
    for (const [seconds, kind] of [
      [60, 'ok'],
      [-60, 'ok'],
      [61, 'stale'],
      [-61, 'stale'],
    ] as const)
      expect(await prove({ claims: { iat: now / 1000 + seconds } }), `${seconds} s`).toMatchObject({ kind });
  });

  test('the thumbprint is that of RFC 7638, worked out by hand', () => {
    const jwk = {
      kty: 'EC',
      crv: 'P-256',
      x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
      y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
    } as const;
    // printf '{"crv":"P-256","kty":"EC","x":…,"y":…}' | openssl dgst -sha256 -binary | basenc --base64url
    expect(thumbprintOf(jwk)).toBe('oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U');
  });
});

describe('refused', () => {
  test.each<[string, string, ProofOverrides, Partial<ProofCall>]>([
    ['typ', 'header', { header: { typ: 'JWT' } }, {}],
    ['an unknown header member', 'header', { header: { kid: 'x' } }, {}],
    ['a private member in the key', 'key', { header: { jwk: { ...key } } }, {}],
    ['another curve', 'key', { header: { jwk: { ...publicJwk, crv: 'P-384' } } }, {}],
    ['a key that is no object', 'key', { header: { jwk: null } }, {}],
    ['a point off the curve', 'key', { header: { jwk: { ...publicJwk, y: publicJwk.x } } }, {}],
    ['short jti', 'claims', { claims: { jti: 'a'.repeat(15) } }, {}],
    ['long jti', 'claims', { claims: { jti: 'a'.repeat(65) } }, {}],
    ['jti of other characters', 'claims', { claims: { jti: `${'a'.repeat(20)}+` } }, {}],
    ['iat as text', 'claims', { claims: { iat: String(now / 1000) } }, {}],
    ['iat with a fraction', 'claims', { claims: { iat: now / 1000 + 0.5 } }, {}],
    ['an unknown claim', 'claims', { claims: { ath: 'x' } }, {}],
    ['no iat', 'claims', { claims: { iat: undefined } }, {}],
    ['null digest', 'claims', { claims: { bdh: null } }, {}],
    ['another key’s signature', 'signature', { signingKey: other }, {}],
    ['method', 'method', {}, { method: 'DELETE' }],
    ['method in lower case', 'method', { claims: { htm: 'post' } }, {}],
    ['url', 'url', {}, { url: `${url}/` }],
    ['url with query', 'url', { claims: { htu: `${url}?wait=1` } }, {}],
    ['body', 'body_digest', {}, { body: Buffer.from('{"a":2}') }],
    ['digest without body', 'body_digest', {}, { body: undefined }],
    ['body without digest', 'body_digest', { claims: { bdh: undefined } }, {}],
  ])('%s', async (_name, cause, overrides, call) => {
    expect(await prove(overrides, call)).toEqual({ kind: 'invalid', cause });
  });

  test('missing, oversize and odd forms', async () => {
    const proof = await signProof(key, { method: 'POST', url, body, now });
    const [header = '', payload = '', signature = ''] = proof.split('.');
    expect(judge(undefined)).toEqual({ kind: 'invalid', cause: 'missing' });
    expect(judge('')).toEqual({ kind: 'invalid', cause: 'missing' });
    expect(judge('a'.repeat(2049))).toEqual({ kind: 'invalid', cause: 'too_large' });
    for (const odd of [
      `${proof}.`,
      `${proof}.x`,
      `${header}.${payload}`,
      `${proof}=`,
      ` ${proof}`,
      `${proof}, ${proof}`,
      `${header}.${payload}.${signature.slice(0, -2)}`,
      `${header}.${payload}.`,
      `${encode('[]')}.${payload}.${signature}`,
      `${encode('null')}.${payload}.${signature}`,
      `${header}.${encode('{"a":')}.${signature}`,
      `${encode('\ufeff{}')}.${payload}.${signature}`,
      `${Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]).toString('base64url')}.${payload}.${signature}`,
    ])
      expect(judge(odd), `form ${odd}`).toEqual({ kind: 'invalid', cause: 'not_compact_jws' });
  });

  test('unused bits that are set in the last character', async () => {
    const proof = await signProof(key, { method: 'POST', url, body, now });
    // 64 bytes end in a character of which only two bits count.
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const last = alphabet.indexOf(proof.at(-1) ?? '');
    const twin = proof.slice(0, -1) + alphabet[last ^ 1];
    expect(Buffer.from(twin.split('.')[2] ?? '', 'base64url')).toEqual(
      Buffer.from(proof.split('.')[2] ?? '', 'base64url'),
    );
    expect(judge(twin)).toEqual({ kind: 'invalid', cause: 'not_compact_jws' });
  });

  test('other algorithms, whoever signed', () => {
    for (const alg of ['none', 'HS256', 'ES384', 'RS256', 'es256', 1, null]) {
      const header = { typ: 'dpop+jwt', alg, jwk: publicJwk };
      expect(judge(rawJws(header, {}))).toEqual({ kind: 'invalid', cause: 'header' });
    }
  });

  test('a stale proof is told so only to the holder of the key', async () => {
    const claims = { iat: now / 1000 - 600 };
    expect(await prove({ claims })).toEqual({ kind: 'stale' });
    expect(await prove({ claims, signingKey: other })).toEqual({ kind: 'invalid', cause: 'signature' });
  });

  test('any flipped character', async () => {
    const proof = await signProof(key, { method: 'POST', url, body, now });
    for (let i = 0; i < proof.length; i++) {
      const flipped = proof.slice(0, i) + String.fromCharCode(proof.charCodeAt(i) ^ 1) + proof.slice(i + 1);
      expect(judge(flipped).kind, `character ${i}`).not.toBe('ok');
    }
  });
});

describe('never throws', () => {
  const kinds = ['ok', 'stale', 'invalid'];
  const parts = fc.oneof(fc.base64String(), fc.string(), fc.json().map(encode));
  const text = fc.oneof(
    fc.string(),
    fc.tuple(parts, parts, parts).map((three) => three.join('.')),
  );
  test('for any text', () => {
    fc.assert(fc.property(text, (header) => kinds.includes(judge(header).kind)));
  });
  test('for any JSON in a signed form', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (header, payload) => {
        expect(judge(rawJws(header, payload)).kind).toBe('invalid');
      }),
    );
  });
  test('for any members of a key', () => {
    const member = fc.oneof(fc.jsonValue(), fc.constantFrom('EC', 'P-256', key.x, key.y));
    const members = fc.record({ kty: member, crv: member, x: member, y: member }, { requiredKeys: [] });
    fc.assert(
      fc.property(members, (jwk) => {
        expect(readPublicJwk(jwk)?.jwk ?? jwk).toEqual(jwk);
      }),
    );
  });
});
