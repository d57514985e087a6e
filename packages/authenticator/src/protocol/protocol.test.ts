// What this app signs and reads, compared with somebody else's implementation (jose).
import type { VerifiedAnswer } from '@countersign/contract/device-protocol.ts';
import fc from 'fast-check';
import { CompactEncrypt, compactVerify, EmbeddedJWK, importJWK, jwtVerify } from 'jose';
import { expect, test } from 'vitest';
import { fromBase64url, fromUtf8, sha256, toBase64url, utf8 } from './base64url.ts';
import { type Challenge, openChallenge, signAnswer } from './challenge.ts';
import { der } from './der.ts';
import { decryptJwe } from './jwe.ts';
import { readJws } from './jws.ts';
import { newDeviceKeys, publicJwk, thumbprint } from './keys.ts';
import { signProof } from './proof.ts';

const keys = await newDeviceKeys();
const signingJwk = await publicJwk(keys.signing.publicKey);
const encryptionJwk = await publicJwk(keys.encryption.publicKey);
const kid = await thumbprint(encryptionJwk);

const encrypt = async (text: string, header: Readonly<Record<string, unknown>> = {}): Promise<string> =>
  new CompactEncrypt(utf8(text))
    .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', kid, ...header })
    .encrypt(await importJWK(encryptionJwk, 'ECDH-ES'));

test('base64url: there and back, and nothing that is not exactly that', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect([...fromBase64url(toBase64url(bytes))]).toEqual([...bytes]);
    }),
  );
  for (const wrong of ['a', 'AB', 'AA==', 'A A', '+/8', 'AAF']) expect(() => fromBase64url(wrong)).toThrow();
});

test('RFC 7638 3.1: the thumbprint is over the required members in order', async () => {
  const { crv, kty, x, y } = signingJwk;
  expect(await thumbprint({ y, x, kty, crv })).toBe(await sha256(utf8(JSON.stringify({ crv, kty, x, y }))));
});

test('private keys cannot be exported', async () => {
  for (const { privateKey } of [keys.signing, keys.encryption])
    await expect(crypto.subtle.exportKey('jwk', privateKey)).rejects.toThrow();
});

test('RFC 9449 4.2: a proof is verified by the key in it and has exactly the members of the protocol', async () => {
  const body = utf8('{"a":1}');
  const fields = { method: 'POST', url: 'https://mfa.example.com/v1/device', body, now: 1_790_000_000_999 };
  const proof = await signProof(keys.signing.privateKey, signingJwk, fields);
  const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, {
    typ: 'dpop+jwt',
    algorithms: ['ES256'],
  });
  expect(protectedHeader).toEqual({ typ: 'dpop+jwt', alg: 'ES256', jwk: signingJwk });
  expect(payload).toEqual({
    jti: expect.stringMatching(/^[\w-]{16,64}$/),
    htm: 'POST',
    htu: fields.url,
    iat: 1_790_000_000,
    bdh: await sha256(body),
  });
  const bare = await signProof(keys.signing.privateKey, signingJwk, { ...fields, body: undefined });
  expect(JSON.parse(readJws(bare).payload)).not.toHaveProperty('bdh');
});

test('RFC 7516: what jose encrypts is read, with party info too; nothing else is', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 2000 }), async (text) => {
      expect(fromUtf8(await decryptJwe(await encrypt(text), keys.encryption.privateKey, kid))).toBe(text);
    }),
    { numRuns: 20 },
  );
  const withParties = await new CompactEncrypt(utf8('x'))
    .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', kid })
    .setKeyManagementParameters({ apu: utf8('Alice'), apv: utf8('Bob') })
    .encrypt(await importJWK(encryptionJwk, 'ECDH-ES'));
  expect(fromUtf8(await decryptJwe(withParties, keys.encryption.privateKey, kid))).toBe('x');
  const refused = [
    await encrypt('x', { kid: 'another' }),
    await encrypt('x', { enc: 'A128GCM' }),
    await encrypt('x', { alg: 'ECDH-ES+A256KW' }),
    'a.b',
    '',
  ];
  for (const jwe of refused) await expect(decryptJwe(jwe, keys.encryption.privateKey, kid)).rejects.toThrow();
});

test('a JWE that was changed anywhere is refused', async () => {
  const jwe = await encrypt('to be shown');
  await fc.assert(
    fc.asyncProperty(fc.nat(jwe.length - 1), async (at) => {
      const changed = `${jwe.slice(0, at)}${jwe[at] === 'A' ? 'B' : 'A'}${jwe.slice(at + 1)}`;
      await expect(decryptJwe(changed, keys.encryption.privateKey, kid)).rejects.toThrow();
    }),
    { numRuns: 50 },
  );
});

const content = {
  request_id: 'req_1',
  challenge_id: 'chl_1',
  nonce: 'n',
  application: { name: 'VPN', access_id: 'a' },
  username: 'alice',
  title: 'Log in to VPN',
  description: '',
  client: { name: 'gateway', address: null },
  created_at: 1,
  expires_at: 2,
};

test('a challenge is opened when it is whole and the one that was named', async () => {
  const open = async (given: unknown, id = 'chl_1') =>
    openChallenge({ id, content: await encrypt(JSON.stringify(given)) }, { ...keys.encryption, kid });
  expect((await open(content)).content).toEqual(content);
  expect((await open({ ...content, number: { digits: 2 }, later: 'member' })).content.number?.digits).toBe(2);
  await expect(open(content, 'chl_2')).rejects.toThrow('another challenge');
  for (const wrong of [
    null,
    [],
    {},
    { ...content, title: 1 },
    { ...content, application: null },
    { ...content, client: undefined },
    { ...content, number: null },
    { ...content, number: { digits: 99 } },
    { ...content, verification: null },
    { ...content, verification: { rp_id: 'example.com' } },
  ])
    await expect(open(wrong)).rejects.toThrow();
});

test('an answer has exactly the members of the protocol, over the exact text that was shown', async () => {
  const plaintext = `${JSON.stringify(content)} `;
  const challenge: Challenge = { id: 'chl_1', content, plaintext };
  const fields = {
    deviceId: 'dev_1',
    kid: 'k',
    decision: 'approve',
    number: '42',
    now: () => 1_790_000_010_500,
  } as const;
  const answer = await signAnswer(keys.signing.privateKey, challenge, fields);
  const { payload, protectedHeader } = await compactVerify(answer, await importJWK(signingJwk, 'ES256'));
  expect(protectedHeader).toEqual({ alg: 'ES256', typ: 'countersign-answer+jws', kid: 'k' });
  expect(JSON.parse(fromUtf8(payload))).toEqual({
    request_id: 'req_1',
    challenge_id: 'chl_1',
    device_id: 'dev_1',
    decision: 'approve',
    nonce: 'n',
    shown: await sha256(utf8(plaintext)),
    number: '42',
    iat: 1_790_000_010,
  });
  const denied = await signAnswer(keys.signing.privateKey, challenge, {
    ...fields,
    decision: 'deny',
    number: undefined,
  });
  expect(JSON.parse(readJws(denied).payload)).not.toHaveProperty('number');
});

test('the user is verified over the very answer that is signed, which then carries it', async () => {
  const challenge: Challenge = { id: 'chl_1', content, plaintext: JSON.stringify(content) };
  const verification = { public_key: 'a', authenticator_data: 'b', client_data: 'c', signature: 'd' };
  let verified: VerifiedAnswer | undefined;
  const answer = await signAnswer(keys.signing.privateKey, challenge, {
    deviceId: 'dev_1',
    kid: 'k',
    decision: 'approve',
    verify: async (each) => {
      verified = each;
      return verification;
    },
    now: () => 1_790_000_010_500,
  });
  const {
    verification: carried,
    iat,
    ...rest
  } = JSON.parse(readJws(answer).payload) as Record<string, unknown>;
  expect([carried, iat]).toEqual([verification, 1_790_000_010]);
  expect(rest).toEqual(verified);
});

test('X.690 8.1.3: lengths in short and long form', () => {
  expect([...der(0x04, new Uint8Array(127)).subarray(0, 2)]).toEqual([0x04, 127]);
  expect([...der(0x04, new Uint8Array(128)).subarray(0, 3)]).toEqual([0x04, 0x81, 128]);
  expect([...der(0x04, new Uint8Array(300)).subarray(0, 4)]).toEqual([0x04, 0x82, 1, 44]);
});
