// Longest prefix wins, whatever the family; checked against a table that simply tries every prefix.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createClientTable, parseNetwork } from './client-table.ts';
import { RadiusError } from './errors.ts';
import { formatAddress, parseAddress, unmapAddress } from './ip-address.ts';

test('the most specific network wins, not the first', () => {
  const table = createClientTable([
    ['0.0.0.0/0', 'any'],
    ['10.1.2.3', 'host'],
    ['10.0.0.0/8', 'ten'],
    ['10.1.0.0/16', 'site'],
    ['2001:db8::/32', 'v6'],
    ['2001:db8:1::/48', 'v6 site'],
  ]);
  expect(['10.1.2.3', '10.1.2.4', '10.2.0.1', '192.0.2.1'].map(table.lookup)).toEqual([
    'host',
    'site',
    'ten',
    'any',
  ]);
  expect(['2001:db8:1::5', '2001:db8:2::5', '2001:db9::'].map(table.lookup)).toEqual([
    'v6 site',
    'v6',
    undefined,
  ]);
});

test('an IPv4-mapped address is the IPv4 address, as source and as network', () => {
  const table = createClientTable([
    ['::ffff:10.0.0.0/104', 'ten'],
    ['::/0', 'v6'],
  ]);
  expect(table.lookup('10.9.9.9')).toBe('ten');
  expect(table.lookup('::ffff:10.9.9.9')).toBe('ten');
  expect(table.lookup('::ffff:a09:909')).toBe('ten');
  expect(table.lookup('::ffff:11.0.0.1')).toBeUndefined();
  expect(table.lookup('fe80::1%eth0')).toBe('v6');
  expect(table.lookup('nonsense')).toBeUndefined();
});

test.each([
  ['10.1.2.3/8', '10.0.0.0/8'],
  [' 192.0.2.7 ', '192.0.2.7/32'],
  ['2001:DB8:0:0::7/64', '2001:db8::/64'],
  ['::1', '::1/128'],
  ['::ffff:10.0.0.0/104', '10.0.0.0/8'],
  ['1:0:0:2::/64', '1:0:0:2::/64'],
])('normalises %s to %s', (text, normal) => {
  expect(parseNetwork(text).text).toBe(normal);
});

test.each([
  '',
  '10.0.0.0/33',
  '10.0.0/8',
  '010.0.0.1',
  '256.0.0.1',
  '10.0.0.0/',
  '10.0.0.0/8/8',
  '10.0.0.0/08',
  '::/129',
  ':::',
  '1::2::3',
  '1:2:3:4:5:6:7:8:9',
  '1:2:3:4:5:6:7::8',
  '::1.2.3.4.5',
  '1.2.3.4::',
  'example.org',
  '::ffff:0.0.0.0/95',
  '10.0.0.0/-1',
  '12345::',
])('refuses %j', (text) => {
  expect(() => parseNetwork(text)).toThrow(RadiusError);
});

test('refuses the same network twice', () => {
  expect(() =>
    createClientTable([
      ['10.0.0.0/8', 1],
      ['10.1.0.0/8', 2],
    ]),
  ).toThrow('10.0.0.0/8": given twice');
});

const octets = fc.oneof(
  fc.uint8Array({ minLength: 4, maxLength: 4 }),
  fc.uint8Array({ minLength: 16, maxLength: 16 }),
  // Mostly zeros, so that prefixes meet and `::` is written.
  fc
    .array(fc.constantFrom(0, 0, 0, 255), { minLength: 16, maxLength: 16 })
    .map((values) => Uint8Array.from(values)),
  fc
    .array(fc.constantFrom(0, 1, 255), { minLength: 4, maxLength: 4 })
    .map((values) => Uint8Array.from(values)),
);

test('text and octets of an address agree', () => {
  fc.assert(
    fc.property(octets, (value) => {
      expect(parseAddress(formatAddress(value))).toEqual(value);
    }),
  );
});

const bitsOf = (value: Uint8Array) => [...value].map((octet) => octet.toString(2).padStart(8, '0')).join('');

test('agrees with trying every network', () => {
  const network = fc.tuple(octets, fc.nat(128)).map(([value, length]) => {
    const mapped = unmapAddress(value) !== value;
    return `${formatAddress(value)}/${mapped ? 96 + (length % 33) : length % (value.length * 8 + 1)}`;
  });
  fc.assert(
    fc.property(
      fc.array(network, { maxLength: 12 }),
      fc.array(octets, { maxLength: 8 }),
      (texts, addresses) => {
        const networks = [
          ...new Map(texts.map((text) => [parseNetwork(text).text, parseNetwork(text)])).values(),
        ];
        const table = createClientTable(networks.map(({ text }) => [text, text]));
        for (const address of [...addresses, ...networks.map(({ octets }) => octets)]) {
          const bits = bitsOf(unmapAddress(address));
          const covering = networks
            .filter(
              (n) =>
                n.octets.length * 8 === bits.length &&
                bits.startsWith(bitsOf(n.octets).slice(0, n.prefixLength)),
            )
            .sort((a, b) => b.prefixLength - a.prefixLength);
          expect(table.lookup(formatAddress(address))).toBe(covering[0]?.text);
        }
      },
    ),
  );
});
