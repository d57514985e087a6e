// Signatures of requests and replies: what is made is accepted, what was touched anywhere is not.
import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { verifyResponseAuthenticator } from './authenticator.ts';
import { RadiusError } from './errors.ts';
import { checkMessageAuthenticator } from './message-authenticator.ts';
import { type Attribute, Code, decodePacket, encodePacket, type Packet } from './packet.ts';
import { signReply, signRequest } from './sign-packet.ts';

const secret = new TextEncoder().encode('xyzzy5461');
const attributes = fc.array(fc.record({ type: fc.nat(255), value: fc.uint8Array({ maxLength: 40 }) }), {
  maxLength: 8,
});
const request: fc.Arbitrary<Packet> = fc.record({
  code: fc.constantFrom<number>(Code.AccessRequest, Code.StatusServer),
  identifier: fc.nat(255),
  authenticator: fc.uint8Array({ minLength: 16, maxLength: 16 }),
  attributes,
});

function refused(check: () => boolean): boolean {
  try {
    return !check();
  } catch (error) {
    if (error instanceof RadiusError) return true;
    throw error;
  }
}

function* bitFlips(bytes: Uint8Array): Generator<Uint8Array> {
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const flipped = bytes.slice();
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    yield flipped;
  }
}

const requestIsGenuine = (bytes: Uint8Array, key = secret) => {
  const packet = decodePacket(bytes);
  return checkMessageAuthenticator(packet, key, packet.authenticator) === 'valid';
};

describe('RFC 3579 3.2 (RFC 2869 5.14) Message-Authenticator', () => {
  test('is HMAC-MD5 over the packet with the attribute zeroed', () => {
    fc.assert(
      fc.property(request, (packet) => {
        const bytes = signRequest(packet, secret);
        expect(requestIsGenuine(bytes)).toBe(true);
        expect(bytes.subarray(20, 22)).toEqual(Uint8Array.of(80, 18));
        const zeroed = bytes.slice().fill(0, 22, 38);
        expect(Buffer.from(bytes.subarray(22, 38))).toEqual(
          createHmac('md5', secret).update(zeroed).digest(),
        );
      }),
    );
  });

  test('of a reply is made with the Request Authenticator in place of its own', () => {
    fc.assert(
      fc.property(request, attributes, (packet, reply) => {
        const bytes = signReply({ code: Code.AccessChallenge, attributes: reply }, packet, secret);
        const zeroed = bytes.slice().fill(0, 22, 38);
        zeroed.set(packet.authenticator, 4);
        expect(Buffer.from(bytes.subarray(22, 38))).toEqual(
          createHmac('md5', secret).update(zeroed).digest(),
        );
        const [head, tail] = [bytes.subarray(0, 4), bytes.subarray(20)];
        const md5 = createHash('md5')
          .update(head)
          .update(packet.authenticator)
          .update(tail)
          .update(secret)
          .digest();
        expect(Buffer.from(bytes.subarray(4, 20))).toEqual(md5);
      }),
    );
  });

  test('anywhere in the packet is checked, not first only', () => {
    const packet = decodePacket(
      signRequest({ code: 1, identifier: 1, authenticator: new Uint8Array(16), attributes: [] }, secret),
    );
    const moved = { ...packet, attributes: [{ type: 1, value: new Uint8Array(3) }, ...packet.attributes] };
    const zeroed = encodePacket(moved).fill(0, 27);
    const value = new Uint8Array(createHmac('md5', secret).update(zeroed).digest());
    const resigned = { ...moved, attributes: [moved.attributes[0]!, { type: 80, value }] };
    expect(checkMessageAuthenticator(resigned, secret, packet.authenticator)).toBe('valid');
    expect(checkMessageAuthenticator(moved, secret, packet.authenticator)).toBe('wrong');
    expect(checkMessageAuthenticator({ ...packet, attributes: [] }, secret, packet.authenticator)).toBe(
      'absent',
    );
  });

  test.each<[string, Attribute[], string]>([
    ['twice', [16, 16].map((length) => ({ type: 80, value: new Uint8Array(length) })), 'duplicate-attribute'],
    ['of 15 octets', [{ type: 80, value: new Uint8Array(15) }], 'bad-value'],
    ['empty', [{ type: 80, value: new Uint8Array() }], 'bad-value'],
  ])('%s is an error', (_, list, code) => {
    const packet = { code: 1, identifier: 1, authenticator: new Uint8Array(16), attributes: list };
    expect(() => checkMessageAuthenticator(packet, secret, packet.authenticator)).toThrow(
      expect.objectContaining({ code }),
    );
  });
});

test('every single-bit flip of a signed request is refused, and another secret', () => {
  fc.assert(
    fc.property(request, (packet) => {
      const bytes = signRequest(packet, secret);
      for (const flipped of bitFlips(bytes)) expect(refused(() => requestIsGenuine(flipped))).toBe(true);
      expect(requestIsGenuine(bytes, secret.subarray(1))).toBe(false);
    }),
    { numRuns: 15 },
  );
});

test('every single-bit flip of a signed reply is refused by both signatures', () => {
  fc.assert(
    fc.property(request, attributes, (packet, reply) => {
      const bytes = signReply({ code: Code.AccessAccept, attributes: reply }, packet, secret);
      const asked = packet.authenticator;
      expect(verifyResponseAuthenticator(decodePacket(bytes), asked, secret)).toBe(true);
      expect(checkMessageAuthenticator(decodePacket(bytes), secret, asked)).toBe('valid');
      for (const flipped of bitFlips(bytes)) {
        expect(refused(() => verifyResponseAuthenticator(decodePacket(flipped), asked, secret))).toBe(true);
      }
      for (const flipped of bitFlips(bytes.subarray(20))) {
        const whole = Uint8Array.of(...bytes.subarray(0, 20), ...flipped);
        expect(refused(() => checkMessageAuthenticator(decodePacket(whole), secret, asked) === 'valid')).toBe(
          true,
        );
      }
    }),
    { numRuns: 15 },
  );
});
