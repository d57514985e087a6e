// Attributes by their definitions: types, vendors, pieces, and what a log may show.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  hasAttribute,
  readAll,
  readConcatenated,
  readFirst,
  withoutAttribute,
  writeAttribute,
  writeConcatenated,
} from './attributes.ts';
import { describePacket } from './describe-packet.ts';
import { definitionNamed, definitionOf, definitions } from './dictionary.ts';
import { microsoft } from './dictionary/microsoft.ts';
import { rfc2865 } from './dictionary/rfc2865.ts';
import { rfc2868 } from './dictionary/rfc2868.ts';
import { rfc2869 } from './dictionary/rfc2869.ts';
import { rfc3162 } from './dictionary/rfc3162.ts';
import { RadiusError } from './errors.ts';
import { type Attribute, decodePacket, encodePacket } from './packet.ts';
import { readVendorSpecific, vendorSpecific } from './vendor-specific.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);
const octets = (...values: number[]) => Uint8Array.of(...values);

describe('data types', () => {
  test('RFC 2865 5, RFC 2868 3, RFC 3162 2: the bytes of each', () => {
    expect(writeAttribute(rfc2865.UserName, 'né')).toEqual({ type: 1, value: octets(0x6e, 0xc3, 0xa9) });
    expect(writeAttribute(rfc2865.SessionTimeout, 0xfffffffe).value).toEqual(octets(255, 255, 255, 254));
    expect(writeAttribute(rfc2865.FramedIpAddress, '10.9.0.7').value).toEqual(octets(10, 9, 0, 7));
    expect(writeAttribute(rfc3162.FramedIPv6Prefix, '2001:db8::/33').value).toEqual(
      octets(0, 33, 0x20, 1, 0xd, 0xb8, 0),
    );
    expect(writeAttribute(rfc2868.TunnelType, { tag: 1, value: 13 }).value).toEqual(octets(1, 0, 0, 13));
    expect(writeAttribute(rfc2868.TunnelPrivateGroupId, { tag: 1, value: '42' }).value).toEqual(
      octets(1, 0x34, 0x32),
    );
    expect(readFirst([{ type: 81, value: utf8('42') }], rfc2868.TunnelPrivateGroupId)).toEqual({
      tag: 0,
      value: '42',
    });
    expect(readFirst([{ type: 97, value: octets(0, 64, 0x20, 1) }], rfc3162.FramedIPv6Prefix)).toBe(
      '2001::/64',
    );
  });

  test('any value comes back', () => {
    const integer = fc.nat(0xffffffff);
    const tag = fc.nat(31);
    const text = fc.string({ unit: 'grapheme', maxLength: 20 });
    fc.assert(
      fc.property(integer, text, tag, fc.ipV4(), (number, string, tagged, ipv4) => {
        const list = [
          writeAttribute(rfc2865.NasPort, number),
          writeAttribute(rfc2865.FilterId, string),
          writeAttribute(rfc2868.TunnelPreference, { tag: tagged, value: number & 0xffffff }),
          writeAttribute(rfc2868.TunnelAssignmentId, { tag: tagged, value: string }),
          writeAttribute(rfc2865.NasIpAddress, ipv4),
        ];
        expect(readAll(list, rfc2865.NasPort)).toEqual([number]);
        expect(readAll(list, rfc2865.FilterId)).toEqual([string]);
        expect(readAll(list, rfc2868.TunnelPreference)).toEqual([{ tag: tagged, value: number & 0xffffff }]);
        expect(readAll(list, rfc2868.TunnelAssignmentId)).toEqual([{ tag: tagged, value: string }]);
        expect(readAll(list, rfc2865.NasIpAddress)).toEqual([ipv4]);
      }),
    );
  });

  test('any bytes read as any attribute, or throw RadiusError', () => {
    fc.assert(
      fc.property(fc.constantFrom(...definitions), fc.uint8Array({ maxLength: 40 }), (definition, value) => {
        const inner = { type: definition.type, value };
        const { vendor } = definition;
        const attribute = vendor === undefined ? inner : vendorSpecific({ vendor, attributes: [inner] });
        try {
          expect(readAll([attribute], definition).length).toBe(1);
        } catch (error) {
          if (!(error instanceof RadiusError)) throw error;
        }
      }),
    );
  });

  test.each([
    () => writeAttribute(rfc2865.NasPort, 2 ** 32),
    () => writeAttribute(rfc2865.NasPort, -1),
    () => writeAttribute(rfc2865.NasPort, 1.5),
    () => writeAttribute(rfc2865.UserName, 'x'.repeat(254)),
    () => writeAttribute(rfc2865.NasIpAddress, '::1'),
    () => writeAttribute(rfc3162.NasIPv6Address, '10.0.0.1'),
    () => writeAttribute(rfc3162.FramedIPv6Prefix, '2001:db8::'),
    () => writeAttribute(rfc2868.TunnelType, { tag: 32, value: 1 }),
    () => writeAttribute(microsoft.MsChapError, new Uint8Array(248)),
    () => readFirst([{ type: 1, value: octets(0xff) }], rfc2865.UserName),
    () => readFirst([{ type: 5, value: octets(1, 2, 3) }], rfc2865.NasPort),
  ])('%s is refused', (act) => {
    expect(act).toThrow(RadiusError);
  });
});

describe('lists', () => {
  const list = ['a', 'b'].map((text) => writeAttribute(rfc2865.ReplyMessage, text));

  test('first, all, has, without', () => {
    expect(readFirst(list, rfc2865.ReplyMessage)).toBe('a');
    expect(readAll(list, rfc2865.ReplyMessage)).toEqual(['a', 'b']);
    expect(hasAttribute(list, rfc2865.UserName)).toBe(false);
    expect(readFirst(list, rfc2865.UserName)).toBeUndefined();
    expect(withoutAttribute(list, rfc2865.ReplyMessage)).toEqual([]);
    expect(withoutAttribute(list, rfc2865.UserName)).toEqual(list);
  });

  test('RFC 3579 3.1 EAP-Message in pieces of 253', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1020 }), (message) => {
        const pieces = writeConcatenated(rfc2869.EapMessage, message);
        expect(pieces.length).toBe(Math.max(1, Math.ceil(message.length / 253)));
        expect(readConcatenated(pieces, rfc2869.EapMessage)).toEqual(message);
      }),
    );
    expect(readConcatenated([], rfc2869.EapMessage)).toBeUndefined();
  });
});

describe('RFC 2865 5.26 Vendor-Specific', () => {
  const key = { type: 16, value: octets(1) };
  const error = { type: 2, value: utf8('E=691') };
  const both = vendorSpecific({ vendor: 311, attributes: [key, error] });

  test('reads several attributes of one, and of many', () => {
    expect(both.value.subarray(0, 7)).toEqual(octets(0, 0, 1, 0x37, 16, 3, 1));
    const list = [both, writeAttribute(microsoft.MsChapError, utf8('E=648'))];
    expect(readAll(list, microsoft.MsChapError).map(String)).toEqual(
      [utf8('E=691'), utf8('E=648')].map(String),
    );
    expect(hasAttribute(list, microsoft.MsMppeSendKey)).toBe(true);
    expect(hasAttribute(list, microsoft.MsMppeRecvKey)).toBe(false);
  });

  test('removing one keeps its neighbours and the other vendors', () => {
    const other = vendorSpecific({ vendor: 9, attributes: [error] });
    const without = withoutAttribute([both, other], microsoft.MsChapError);
    expect(without).toEqual([vendorSpecific({ vendor: 311, attributes: [key] }), other]);
    expect(withoutAttribute(without, microsoft.MsMppeSendKey)).toEqual([other]);
  });

  test('any bytes: looked into or left alone, never lost', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (value) => {
        const attribute = { type: 26, value };
        const inner = readVendorSpecific(attribute);
        if (inner !== undefined) expect(vendorSpecific(inner)).toEqual(attribute);
      }),
    );
    expect(readVendorSpecific({ type: 26, value: octets(0, 0, 0, 9, 1, 9) })).toBeUndefined();
    expect(readVendorSpecific({ type: 25, value: octets(0, 0, 0, 9) })).toBeUndefined();
  });
});

test('the dictionary names every attribute once', () => {
  expect(definitionNamed('filter-id')).toBe(rfc2865.FilterId);
  expect(definitionNamed('no-such')).toBeUndefined();
  expect(definitionOf(16, 311)).toBe(microsoft.MsMppeSendKey);
  expect(definitionOf(16, 9)).toBeUndefined();
  expect(new Set(definitions.map(({ name }) => name)).size).toBe(definitions.length);
  expect(new Set(definitions.map(({ type, vendor }) => `${vendor} ${type}`)).size).toBe(definitions.length);
});

describe('a packet in a log', () => {
  const describeAll = (attributes: readonly Attribute[]) =>
    describePacket(
      decodePacket(encodePacket({ code: 1, identifier: 3, authenticator: new Uint8Array(16), attributes })),
    );

  test('names and values in order', () => {
    const description = describeAll([
      writeAttribute(rfc2865.UserName, 'alice'),
      writeAttribute(rfc2865.NasPort, 3),
      writeAttribute(rfc2865.Class, octets(0xab, 1)),
      writeAttribute(rfc2868.TunnelPrivateGroupId, { tag: 1, value: 'vlan' }),
      writeAttribute(microsoft.MsPrimaryDnsServer, '192.0.2.1'),
      { type: 5, value: octets(1) },
      { type: 250, value: utf8('whatever') },
      vendorSpecific({ vendor: 9, attributes: [{ type: 1, value: utf8('whatever') }] }),
    ]);
    expect(description).toEqual({
      code: 'Access-Request',
      identifier: 3,
      attributes: [
        ['User-Name', 'alice'],
        ['NAS-Port', '3'],
        ['Class', '0xab01'],
        ['Tunnel-Private-Group-Id', '1:vlan'],
        ['MS-Primary-DNS-Server', '192.0.2.1'],
        ['NAS-Port', '<1 octets>'],
        ['Attribute-250', '<8 octets>'],
        ['Vendor-9-Attribute-1', '<8 octets>'],
      ],
    });
  });

  test('never a secret', () => {
    const canary = utf8('canary-canary-16');
    const standard = [2, 3, 24, 60, 69, 70, 78, 79, 80, 84].map((type) => ({ type, value: canary }));
    const vendor = [1, 3, 4, 5, 6, 11, 12, 16, 17, 19, 20, 25, 26, 27].map((type) =>
      vendorSpecific({ vendor: 311, attributes: [{ type, value: canary }] }),
    );
    const opaque = { type: 26, value: canary };
    const text = JSON.stringify(describeAll([...standard, ...vendor, opaque]));
    expect(text).not.toContain('canary');
    expect(text).not.toContain(Buffer.from(canary).toString('hex'));
  });

  test('control characters cannot forge a line', () => {
    const [entry] = describeAll([writeAttribute(rfc2865.UserName, 'a\n\u001b[2J\u202eb')]).attributes;
    expect(entry).toEqual(['User-Name', 'a\\u{a}\\u{1b}[2J\\u{202e}b']);
  });

  test('anything can be described', () => {
    const any = fc.array(fc.record({ type: fc.nat(255), value: fc.uint8Array({ maxLength: 60 }) }), {
      maxLength: 10,
    });
    fc.assert(
      fc.property(any, (attributes) => {
        expect(describeAll(attributes).attributes.length).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
