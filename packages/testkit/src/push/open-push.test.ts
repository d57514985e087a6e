// The reader of pushes against the RFC itself, so that it and the product cannot be wrong in the same way unseen.
import { expect, test } from 'vitest';
import { openPush } from './open-push.ts';

const bytes = (text: string) => Buffer.from(text, 'base64url');
const keys = {
  publicKey: bytes('BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4'),
  privateKey: bytes('q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94'),
  auth: bytes('BTBZMqHH6r4Tts7J_aSIgg'),
};
const body = bytes(
  'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN',
);

test('RFC 8291 5 Push Message Encryption Example', async () => {
  expect(await openPush(body, keys)).toBe('When I grow up, I want to be a watermelon');
});

test('what was changed, or is for somebody else, cannot be read', async () => {
  const changed = Buffer.from(body);
  changed.writeUInt8(changed.readUInt8(100) ^ 1, 100);
  await expect(openPush(changed, keys)).rejects.toThrow();
  await expect(openPush(body, { ...keys, auth: Buffer.alloc(16) })).rejects.toThrow();
  await expect(openPush(body.subarray(0, 20), keys)).rejects.toThrow('header');
});
