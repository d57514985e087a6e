// The encryption of what is asked, against the RFC's example; answer.test.ts has another implementation read it.
import { createECDH } from 'node:crypto';
import { expect, test } from 'vitest';
import { concatKdf, encryptContent } from './content.ts';

const bytes = (text: string) => Buffer.from(text, 'base64url');

test('RFC 7518 appendix C: key agreement and key derivation', () => {
  const alice = createECDH('prime256v1');
  alice.setPrivateKey(bytes('0_NxaRPUMQoAJt50Gz8YiTr8gRTwyEaCumd-MToTmIo'));
  const bob = Buffer.concat([
    Uint8Array.of(4),
    bytes('weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ'),
    bytes('e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck'),
  ]);
  const key = concatKdf(alice.computeSecret(bob), {
    algorithm: 'A128GCM',
    bits: 128,
    producer: 'Alice',
    consumer: 'Bob',
  });
  expect(key.toString('base64url')).toBe('VqqN6vgjbSBcIijNcacQGg');
});

test('a key that is no point of the curve is refused', () => {
  const nowhere = { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) } as const;
  expect(() => encryptContent('{}', nowhere)).toThrow();
});
