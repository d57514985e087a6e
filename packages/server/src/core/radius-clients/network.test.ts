import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, test } from 'vitest';
import { canonicalNetwork, overlap } from './network.ts';

test.each([
  ['192.0.2.1', '192.0.2.1/32'],
  [' 192.0.2.0/24 ', '192.0.2.0/24'],
  ['0.0.0.0/0', '0.0.0.0/0'],
  ['2001:DB8:0:0:0:0:0:1', '2001:db8::1/128'],
  ['2001:0db8::/32', '2001:db8::/32'],
  ['::/0', '::/0'],
  ['::1', '::1/128'],
  // RFC 5952 4.2.2 and 4.2.3
  ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1/128'],
  ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1/128'],
  // RFC 4291 2.5.5.2
  ['::ffff:192.0.2.1', '192.0.2.1/32'],
  ['::FFFF:c000:0200/120', '192.0.2.0/24'],
  ['::ffff:0.0.0.0/96', '0.0.0.0/0'],
])('%s is written %s', (text, network) => {
  expect(canonicalNetwork(text)).toBe(network);
});

describe('refused, naming the field', () => {
  test.each([
    '',
    'vpn.example.com',
    '10.1',
    '010.0.0.1',
    '0x7f.1',
    '2130706433',
    '192.0.2.256',
    '192.0.2.1.5',
    '192.0.2.1/33',
    '192.0.2.1/-1',
    '192.0.2.0/024',
    '192.0.2.0/',
    '192.0.2.0/24/24',
    '192.0.2.0/255.255.255.0',
    '192.0.2.0/2e1',
    'fe80::1%eth0',
    '2001:db8::/129',
    ':::',
    '/24',
    '192.0.2.1-192.0.2.9',
  ])('%j', (text) => {
    expect(() => canonicalNetwork(text)).toThrow(
      expect.objectContaining({
        code: 'invalid_request',
        fields: [expect.objectContaining({ field: 'network' })] as unknown,
      }),
    );
  });

  test.each([
    ['192.0.2.1/24', '192.0.2.0/24'],
    ['2001:db8::1/64', '2001:db8::/64'],
    ['::ffff:192.0.2.1/120', '192.0.2.0/24'],
    ['::ffff:0.0.0.0/95', '::fffe:0:0/95'],
  ])('an address inside a network: %s, which begins at %s', (text, network) => {
    expect(() => canonicalNetwork(text)).toThrow(
      expect.objectContaining({
        fields: [{ field: 'network', message: `must begin where the network begins: ${network}` }],
      }),
    );
  });
});

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const anyAddress = fc.oneof(bytes(4), bytes(16)).map((octets) => ipaddr.fromByteArray([...octets]));

test('written in any way, an address has one network, and that one is its own canonical form', () => {
  fc.assert(
    fc.property(anyAddress, (address) => {
      const network = canonicalNetwork(address.toString());
      expect(canonicalNetwork(network)).toBe(network);
      expect(canonicalNetwork(address.toNormalizedString().toUpperCase())).toBe(network);
      if (address instanceof ipaddr.IPv4)
        expect(canonicalNetwork(address.toIPv4MappedAddress().toString())).toBe(network);
    }),
  );
});

test('exactly the networks that begin where they begin are taken', () => {
  fc.assert(
    fc.property(anyAddress, fc.integer({ min: 0, max: 128 }), (address, length) => {
      const prefix = Math.min(length, address.toByteArray().length * 8);
      const hostBits = address
        .toByteArray()
        .map((byte) => byte.toString(2).padStart(8, '0'))
        .join('')
        .slice(prefix);
      const read = () => canonicalNetwork(`${address.toString()}/${prefix}`);
      if (hostBits.includes('1')) expect(read).toThrow();
      else expect(canonicalNetwork(read())).toBe(read());
    }),
  );
});

test.each([
  ['10.0.0.0/8', '10.1.2.3/32', true],
  ['10.1.2.3/32', '10.0.0.0/8', true],
  ['10.0.0.0/8', '11.0.0.0/8', false],
  ['0.0.0.0/0', '192.0.2.1/32', true],
  ['0.0.0.0/0', '::/0', false],
  ['2001:db8::/32', '2001:db8:1::/48', true],
  ['2001:db8::/32', '2001:db9::/32', false],
] as const)('%s and %s: %s', (a, b, expected) => {
  expect(overlap(a, b)).toBe(expected);
});
