// Hidden attributes: round trips, limits, and what a proxy does between two secrets.
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readFirst, writeAttribute } from './attributes.ts';
import { microsoft } from './dictionary/microsoft.ts';
import { rfc2865 } from './dictionary/rfc2865.ts';
import { rfc2868 } from './dictionary/rfc2868.ts';
import { RadiusError } from './errors.ts';
import {
  type HidingKey,
  hideSalted,
  hideTunnelPassword,
  hideUserPassword,
  rehideAttributes,
  revealSalted,
  revealTunnelPassword,
  revealUserPassword,
} from './hiding.ts';
import { vendorSpecific } from './vendor-specific.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);
const key: fc.Arbitrary<HidingKey> = fc.record({
  secret: fc.uint8Array({ minLength: 1, maxLength: 80 }),
  authenticator: fc.uint8Array({ minLength: 16, maxLength: 16 }),
});
const salt = fc.uint8Array({ minLength: 2, maxLength: 2 });
const from = { secret: utf8('one'), authenticator: new Uint8Array(16).fill(1) };
const to = { secret: utf8('two'), authenticator: new Uint8Array(16).fill(2) };

describe('RFC 2865 5.2 User-Password', () => {
  test('what was hidden is revealed, without padding', () => {
    const password = fc.uint8Array({ maxLength: 128 }).filter((bytes) => bytes.at(-1) !== 0);
    fc.assert(
      fc.property(password, key, (bytes, hidingKey) => {
        const hidden = hideUserPassword(bytes, hidingKey);
        expect(hidden.length).toBe(Math.max(16, Math.ceil(bytes.length / 16) * 16));
        expect(revealUserPassword(hidden, hidingKey)).toEqual(bytes);
      }),
    );
  });

  test('the second block is masked with the first hidden one', () => {
    const hidden = hideUserPassword(utf8('0123456789abcdefX'), from);
    const mask = createHash('md5').update(from.secret).update(hidden.subarray(0, 16)).digest();
    expect(hidden[16]).toBe(mask[0]! ^ 'X'.charCodeAt(0));
  });

  test('only trailing NULs are padding', () => {
    const hidden = hideUserPassword(Uint8Array.of(0, 65, 0, 66, 0, 0), from);
    expect(revealUserPassword(hidden, from)).toEqual(Uint8Array.of(0, 65, 0, 66));
    expect(revealUserPassword(hideUserPassword(new Uint8Array(), from), from)).toEqual(new Uint8Array());
  });

  test('lengths', () => {
    expect(() => hideUserPassword(new Uint8Array(129), from)).toThrow(RadiusError);
    for (const length of [0, 1, 15, 17, 144]) {
      expect(() => revealUserPassword(new Uint8Array(length), from)).toThrow(RadiusError);
    }
  });
});

describe('RFC 2548 2.4.2 MS-MPPE keys and RFC 2868 3.5 Tunnel-Password', () => {
  test('what was hidden is revealed, exactly', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 239 }),
        key,
        salt,
        fc.nat(31),
        (plain, hidingKey, salted, tag) => {
          const value = hideSalted(plain, hidingKey, salted);
          expect(value[0]! & 0x80).toBe(0x80);
          expect((value.length - 2) % 16).toBe(0);
          expect(revealSalted(value, hidingKey)).toEqual(plain);
          const tunnel = hideTunnelPassword({ tag, password: plain }, hidingKey, salted);
          expect(tunnel.length).toBeLessThanOrEqual(253);
          expect(revealTunnelPassword(tunnel, hidingKey)).toEqual({ tag, password: plain });
        },
      ),
    );
  });

  test('the first block is masked with secret, Request Authenticator and salt', () => {
    const value = hideSalted(Uint8Array.of(7), from, Uint8Array.of(0x12, 0x34));
    const mask = createHash('md5')
      .update(from.secret)
      .update(from.authenticator)
      .update(Uint8Array.of(0x92, 0x34))
      .digest();
    expect([...value.subarray(0, 4)]).toEqual([0x92, 0x34, mask[0]! ^ 1, mask[1]! ^ 7]);
  });

  test('any bytes reveal something or throw RadiusError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 253 }), key, (value, hidingKey) => {
        try {
          expect(revealSalted(value, hidingKey).length).toBeLessThan(value.length);
        } catch (error) {
          if (!(error instanceof RadiusError)) throw error;
        }
      }),
    );
    const miscounted = hideSalted(Uint8Array.of(7), from, Uint8Array.of(1, 1));
    miscounted[2]! ^= 1 ^ 16;
    expect(() => revealSalted(miscounted, from)).toThrow(RadiusError);
    expect(() => hideSalted(new Uint8Array(240), from, new Uint8Array(2))).toThrow(RadiusError);
    expect(() => hideSalted(new Uint8Array(1), from, new Uint8Array(3))).toThrow(RadiusError);
  });
});

test('a proxy hides anew what is hidden and keeps the bytes and the order of the rest', () => {
  let salts = 0;
  const newSalt = () => Uint8Array.of(0, ++salts);
  const password = hideUserPassword(utf8('pass'), from);
  const sendKey = { type: 16, value: hideSalted(utf8('send'), from, newSalt()) };
  const receiveKey = { type: 17, value: hideSalted(utf8('recv'), from, newSalt()) };
  const lanKeys = { type: 12, value: hideUserPassword(Uint8Array.of(1, 2, 0, 3), from) };
  const kept = [
    { type: 1, value: utf8('alice') },
    { type: 26, value: Uint8Array.of(0, 0, 0, 9, 1, 200) },
    { type: 250, value: Uint8Array.of(1, 2, 3) },
    vendorSpecific({ vendor: 9, attributes: [{ type: 16, value: utf8('not a key') }] }),
  ];
  const tunnel = {
    type: 69,
    value: hideTunnelPassword({ tag: 1, password: utf8('tunnel') }, from, newSalt()),
  };
  const list = [
    ...kept,
    { type: 2, value: password },
    tunnel,
    vendorSpecific({ vendor: 311, attributes: [sendKey, lanKeys, receiveKey] }),
  ];
  const result = rehideAttributes(list, from, to, newSalt);
  expect(result.slice(0, 4)).toEqual(kept);
  const read = (definition: Parameters<typeof readFirst<'octets'>>[1]) =>
    readFirst(result, definition) ?? new Uint8Array();
  expect(revealUserPassword(read(rfc2865.UserPassword), to)).toEqual(utf8('pass'));
  expect(revealTunnelPassword(read(rfc2868.TunnelPassword), to)).toEqual({
    tag: 1,
    password: utf8('tunnel'),
  });
  expect(revealSalted(read(microsoft.MsMppeSendKey), to)).toEqual(utf8('send'));
  expect(revealSalted(read(microsoft.MsMppeRecvKey), to)).toEqual(utf8('recv'));
  expect(revealUserPassword(read(microsoft.MsChapMppeKeys), to)).toEqual(Uint8Array.of(1, 2, 0, 3));
  expect(result.length).toBe(list.length);
  const bad = [writeAttribute(microsoft.MsMppeSendKey, new Uint8Array(5))];
  expect(() => rehideAttributes(bad, from, to, newSalt)).toThrow(RadiusError);
});
