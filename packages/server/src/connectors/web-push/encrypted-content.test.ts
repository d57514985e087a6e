import { createECDH } from 'node:crypto';
import { openPush } from '@countersign/testkit/push/open-push.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encryptFor, encryptPush, encryptRecords } from './encrypted-content.ts';

const bytes = (text: string) => Buffer.from(text, 'base64url');

describe('RFC 8188', () => {
  test('3.1 Encryption of a Response', () => {
    const body = encryptRecords([{ data: Buffer.from('I am the walrus'), padding: 0 }], {
      key: bytes('yqdlZ-tYemfogSmv7Ws5PQ'),
      salt: bytes('I1BsxtFttlv3u_Oo94xnmw'),
      keyId: Buffer.alloc(0),
      recordSize: 4096,
    });
    expect(body.toString('base64url')).toBe(
      'I1BsxtFttlv3u_Oo94xnmwAAEAAA-NAVub2qFgBEuQKRapoZu-IxkIva3MEB1PD-ly8Thjg',
    );
  });

  test('3.2 Encryption with Multiple Records', () => {
    const body = encryptRecords(
      [
        { data: Buffer.from('I am th'), padding: 1 },
        { data: Buffer.from('e walrus'), padding: 0 },
      ],
      {
        key: bytes('BO3ZVPxUlnLORbVGMpbT1Q'),
        salt: bytes('uNCkWiNYzKTnBN9ji3-qWA'),
        keyId: Buffer.from('a1'),
        recordSize: 25,
      },
    );
    expect(body.toString('base64url')).toBe(
      'uNCkWiNYzKTnBN9ji3-qWAAAABkCYTHOG8chz_gnvgOqdGYovxyjuqRyJFjEDyoF1Fvkj6hQPdPHI51OEUKEpgz3SsLWIqS_uA',
    );
  });

  test('2 a record holds no more than its size, and only the last may hold less', () => {
    const coding = { key: Buffer.alloc(16), salt: Buffer.alloc(16), keyId: Buffer.alloc(0), recordSize: 18 };
    const chunk = (length: number) => ({ data: Buffer.alloc(length), padding: 0 });
    expect(() => encryptRecords([chunk(2)], coding)).toThrow(RangeError);
    expect(() => encryptRecords([chunk(0), chunk(1)], coding)).toThrow(RangeError);
    expect(encryptRecords([chunk(1), chunk(0)], coding)).toHaveLength(21 + 18 + 17);
  });
});

describe('RFC 8291', () => {
  const recipient = {
    p256dh: bytes('BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4'),
    auth: bytes('BTBZMqHH6r4Tts7J_aSIgg'),
  };

  test('5 Push Message Encryption Example', () => {
    const data = Buffer.from('When I grow up, I want to be a watermelon');
    const body = encryptFor(recipient, [{ data, padding: 0 }], {
      salt: bytes('DGv6ra1nlYgDCS1FRnbzlw'),
      senderKey: bytes('yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw'),
    });
    expect(body.toString('base64url')).toBe(
      'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN',
    );
  });

  test('3.4 each message has a key of its own', () => {
    const salt = Buffer.alloc(16);
    const [one, other] = [encryptPush(recipient, 'x', { salt }), encryptPush(recipient, 'x', { salt })];
    expect(one.subarray(21, 86)).not.toEqual(other.subarray(21, 86));
  });

  test('a point that is not on the curve is refused', () => {
    const p256dh = Buffer.from(recipient.p256dh);
    p256dh.writeUInt8(p256dh.readUInt8(64) ^ 1, 64);
    expect(() => encryptPush({ ...recipient, p256dh }, 'x', { salt: Buffer.alloc(16) })).toThrow();
  });
});

test('whatever is said, whoever holds the keys reads it, and all bodies have the same length', async () => {
  const agent = createECDH('prime256v1');
  agent.generateKeys();
  const arbitrary = fc.string({ unit: 'binary' }).filter((text) => Buffer.byteLength(text) <= 255);
  const secret = fc.uint8Array({ minLength: 16, maxLength: 16 });
  await fc.assert(
    fc.asyncProperty(arbitrary, secret, secret, async (text, auth, salt) => {
      const body = encryptPush({ p256dh: agent.getPublicKey(), auth }, text, { salt });
      expect(body).toHaveLength(86 + 256 + 16);
      const keys = { publicKey: agent.getPublicKey(), privateKey: agent.getPrivateKey(), auth };
      expect(await openPush(body, keys)).toBe(Buffer.from(text).toString());
    }),
    { numRuns: 50 },
  );
  expect(() =>
    encryptPush({ p256dh: agent.getPublicKey(), auth: Buffer.alloc(16) }, 'x'.repeat(256), {
      salt: Buffer.alloc(16),
    }),
  ).toThrow(RangeError);
});
