// The RFCs' own packets, byte for byte, and any packet at all.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readAll, readFirst } from './attributes.ts';
import { verifyResponseAuthenticator } from './authenticator.ts';
import { readChap, verifyChap } from './chap.ts';
import { rfc2865 } from './dictionary/rfc2865.ts';
import { RadiusError } from './errors.ts';
import { hideUserPassword, revealUserPassword } from './hiding.ts';
import { checkMessageAuthenticator } from './message-authenticator.ts';
import { Code, decodePacket, encodePacket, MAX_ATTRIBUTES, type Packet } from './packet.ts';
import { signRequest } from './sign-packet.ts';

const bytesOf = (hex: string) => new Uint8Array(Buffer.from(hex.replace(/\s/g, ''), 'hex'));
const utf8 = (text: string) => new TextEncoder().encode(text);
const secret = utf8('xyzzy5461');

function decodedBothWays(hex: string): Packet {
  const packet = decodePacket(bytesOf(hex));
  expect(encodePacket(packet)).toEqual(bytesOf(hex));
  return packet;
}

describe('RFC 2865 7.1 User Telnet to Specified Host', () => {
  const request = `01 00 00 38 0f 40 3f 94 73 97 80 57 bd 83 d5 cb 98 f4 22 7a 01 06 6e 65 6d 6f 02 12 0d be 70 8d
    93 d4 13 ce 31 96 e4 3f 78 2a 0a ee 04 06 c0 a8 01 10 05 06 00 00 00 03`;
  const reply = `02 00 00 26 86 fe 22 0e 76 24 ba 2a 10 05 f6 bf 9b 55 e0 b2 06 06 00 00 00 01 0f 06 00 00 00 00
    0e 06 c0 a8 01 03`;

  test('request', () => {
    const packet = decodedBothWays(request);
    expect(packet).toMatchObject({ code: Code.AccessRequest, identifier: 0 });
    expect(packet.attributes.map(({ type }) => type)).toEqual([1, 2, 4, 5]);
    expect(readFirst(packet.attributes, rfc2865.UserName)).toBe('nemo');
    expect(readFirst(packet.attributes, rfc2865.NasIpAddress)).toBe('192.168.1.16');
    expect(readFirst(packet.attributes, rfc2865.NasPort)).toBe(3);
    expect(readChap(packet)).toBeUndefined();
    const hidden = readFirst(packet.attributes, rfc2865.UserPassword) ?? new Uint8Array();
    const key = { secret, authenticator: packet.authenticator };
    expect(revealUserPassword(hidden, key)).toEqual(utf8('arctangent'));
    expect(hideUserPassword(utf8('arctangent'), key)).toEqual(hidden);
  });

  test('reply', () => {
    const packet = decodedBothWays(reply);
    const { authenticator } = decodePacket(bytesOf(request));
    expect(readFirst(packet.attributes, rfc2865.LoginIpHost)).toBe('192.168.1.3');
    expect(verifyResponseAuthenticator(packet, authenticator, secret)).toBe(true);
    expect(verifyResponseAuthenticator(packet, authenticator, utf8('xyzzy5462'))).toBe(false);
  });
});

describe('RFC 2865 7.2 Framed User Authenticating with CHAP', () => {
  const request = `01 01 00 47 2a ee 86 f0 8d 0d 55 96 9c a5 97 8e 0d 33 67 a2 01 08 66 6c 6f 70 73 79 03 13 16 e9
    75 57 c3 16 18 58 95 f2 93 ff 63 44 07 72 75 04 06 c0 a8 01 10 05 06 00 00 00 14 06 06 00 00 00 02 07 06 00 00 00 01`;
  const reply = `02 01 00 38 15 ef bc 7d ab 26 cf a3 dc 34 d9 c0 3c 86 01 a4 06 06 00 00 00 02 07 06 00 00 00 01
    08 06 ff ff ff fe 0a 06 00 00 00 02 0d 06 00 00 00 01 0c 06 00 00 05 dc`;

  test('request', () => {
    const packet = decodedBothWays(request);
    expect(readFirst(packet.attributes, rfc2865.UserName)).toBe('flopsy');
    expect(readAll(packet.attributes, rfc2865.ServiceType)).toEqual([2]);
    const chap = readChap(packet);
    expect(chap).toMatchObject({ identifier: 0x16, challenge: packet.authenticator });
    expect(chap && verifyChap(chap, utf8('arctangent'))).toBe(true);
    expect(chap && verifyChap(chap, utf8('Arctangent'))).toBe(false);
  });

  test('reply', () => {
    const packet = decodedBothWays(reply);
    const { authenticator } = decodePacket(bytesOf(request));
    expect(readFirst(packet.attributes, rfc2865.FramedIpAddress)).toBe('255.255.255.254');
    expect(verifyResponseAuthenticator(packet, authenticator, secret)).toBe(true);
  });
});

describe('RFC 5997 6 Status-Server examples', () => {
  test('6.1 minimal query to the authentication port, and its reply', () => {
    const request = decodedBothWays(
      '0c da 00 26 8a 54 f4 68 6f b3 94 c5 28 66 e3 02 18 5d 06 23 50 12 5a 66 5e 2e 1e 84 11 f3 e2 43 82 20 97 c8 4f a3',
    );
    expect(request.code).toBe(Code.StatusServer);
    expect(checkMessageAuthenticator(request, secret, request.authenticator)).toBe('valid');
    expect(signRequest(request, secret)).toEqual(encodePacket(request));
    const reply = decodedBothWays('02 da 00 14 ef 0d 55 2a 4b f2 d6 93 ec 2b 6f e8 b5 41 1d 66');
    expect(verifyResponseAuthenticator(reply, request.authenticator, secret)).toBe(true);
  });

  test('6.2 minimal query to the accounting port', () => {
    const request = decodedBothWays(
      '0c b3 00 26 92 5f 6b 66 dd 5f ed 57 1f cb 1d b7 ad 38 82 60 50 12 e8 d6 ea bd a9 10 87 5c d9 1f da de 26 36 78 58',
    );
    expect(checkMessageAuthenticator(request, secret, request.authenticator)).toBe('valid');
  });
});

describe('RFC 2865 3 lengths', () => {
  const valid = bytesOf('01 05 00 1a 00112233445566778899aabbccddeeff 01 06 6e 65 6d 6f');

  test('octets past Length are padding', () => {
    expect(decodePacket(Uint8Array.of(...valid, 9, 9, 9))).toEqual(decodePacket(valid));
  });

  test.each([
    ['an empty datagram', '', 'too-short'],
    ['19 octets', '01 05 00 13 00112233445566778899aabbccddee', 'too-short'],
    ['Length below 20', '01 05 00 13 00112233445566778899aabbccddeeff', 'bad-length'],
    ['a datagram shorter than Length', '01 05 00 15 00112233445566778899aabbccddeeff', 'too-short'],
    ['an attribute of length 1', '01 05 00 16 00112233445566778899aabbccddeeff 01 01', 'bad-attribute'],
    ['an attribute of length 0', '01 05 00 16 00112233445566778899aabbccddeeff 01 00', 'bad-attribute'],
    ['an attribute that runs over', '01 05 00 17 00112233445566778899aabbccddeeff 01 04 00', 'bad-attribute'],
    ['an attribute cut after its type', '01 05 00 15 00112233445566778899aabbccddeeff 01', 'bad-attribute'],
  ])('%s is refused', (_, hex, code) => {
    expect(() => decodePacket(bytesOf(hex))).toThrow(expect.objectContaining({ name: 'RadiusError', code }));
  });

  test('more than 4096 octets and more than 200 attributes are refused', () => {
    const header = new Uint8Array(5000);
    header.set([1, 5, 0x10, 0x01]);
    expect(() => decodePacket(header)).toThrow(expect.objectContaining({ code: 'bad-length' }));
    const many = {
      ...decodePacket(valid),
      attributes: Array.from({ length: MAX_ATTRIBUTES + 1 }, () => ({ type: 1, value: new Uint8Array() })),
    };
    expect(() => encodePacket(many)).toThrow(expect.objectContaining({ code: 'too-many-attributes' }));
    const long = {
      ...many,
      attributes: Array.from({ length: 17 }, () => ({ type: 18, value: new Uint8Array(253) })),
    };
    expect(() => encodePacket(long)).toThrow(expect.objectContaining({ code: 'too-long' }));
    const crowded = new Uint8Array(20 + 2 * (MAX_ATTRIBUTES + 1)).fill(2);
    crowded.set([1, 5, crowded.length >> 8, crowded.length & 0xff]);
    expect(() => decodePacket(crowded)).toThrow(expect.objectContaining({ code: 'too-many-attributes' }));
  });

  test.each([
    { code: 256 },
    { identifier: -1 },
    { authenticator: new Uint8Array(15) },
    { attributes: [{ type: 256, value: new Uint8Array() }] },
    { attributes: [{ type: 1, value: new Uint8Array(254) }] },
  ])('%j cannot be sent', (change) => {
    expect(() => encodePacket({ ...decodePacket(valid), ...change })).toThrow(RadiusError);
  });
});

const octet = fc.nat(255);
const anyPacket: fc.Arbitrary<Packet> = fc.record({
  code: octet,
  identifier: octet,
  authenticator: fc.uint8Array({ minLength: 16, maxLength: 16 }),
  attributes: fc.array(fc.record({ type: octet, value: fc.uint8Array({ maxLength: 253 }) }), {
    maxLength: 15,
  }),
});

test('what was encoded decodes to the same, unknown and vendor attributes included', () => {
  fc.assert(
    fc.property(anyPacket, (packet) => {
      const bytes = encodePacket(packet);
      expect(decodePacket(bytes)).toEqual(packet);
      expect(encodePacket(decodePacket(bytes))).toEqual(bytes);
    }),
  );
});

test('any bytes decode and encode to themselves, or throw RadiusError', () => {
  const withHeader = fc.uint8Array({ minLength: 20, maxLength: 120 }).map((bytes) => {
    bytes.set([0, bytes.length], 2);
    return bytes;
  });
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 80 }), withHeader), (bytes) => {
      try {
        const packet = decodePacket(bytes);
        const length = ((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0);
        expect(encodePacket(packet)).toEqual(bytes.subarray(0, length));
      } catch (error) {
        if (!(error instanceof RadiusError)) throw error;
      }
    }),
    { numRuns: 1000 },
  );
});
