import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressOf, hostOf, mayConnect, readEndpoint } from './push-endpoint.ts';

const strict = { allowed: [], httpOnLoopback: false };
const developing = { allowed: [], httpOnLoopback: true };

describe('the form of an endpoint', () => {
  test.each([
    'https://updates.push.services.mozilla.com/wpush/v2/gAAAA',
    'https://fcm.googleapis.com/fcm/send/abc:def',
    'https://ntfy.example.com:8443/upAbC?up=1',
    'https://[2a00:1450:4001:800::200a]/x',
    'https://8.8.8.8/x',
  ])('%s may be pushed to', (text) => {
    expect(readEndpoint(text, strict)?.href).toBe(text);
  });

  test.each([
    'http://push.example.com/x',
    'http://127.0.0.1/x',
    'ftp://push.example.com/x',
    'file:///etc/passwd',
    'https://user@push.example.com/x',
    'https://user:password@push.example.com/x',
    'https://push.example.com/x#fragment',
    'https://push.example.com/a b',
    'https://push.example.com/\u00e9',
    'https://push.example.com/\n',
    ` https://push.example.com/x`,
    `https://push.example.com/${'x'.repeat(1000)}`,
    'https://',
    '/relative',
    'https://127.0.0.1/x',
    'https://127.1/x',
    'https://0x7f000001/x',
    'https://2130706433/x',
    'https://0177.0.0.1/x',
    'https://10.0.0.1/x',
    'https://172.16.0.1/x',
    'https://192.168.1.1/x',
    'https://169.254.169.254/latest/meta-data',
    'https://168.63.129.16/metadata',
    'https://100.100.100.200/x',
    'https://100.64.0.1/x',
    'https://0.0.0.0/x',
    'https://224.0.0.1/x',
    'https://255.255.255.255/x',
    'https://192.0.0.192/x',
    'https://198.18.0.1/x',
    'https://240.0.0.1/x',
    'https://[::1]/x',
    'https://[::]/x',
    'https://[::ffff:127.0.0.1]/x',
    'https://[::ffff:7f00:1]/x',
    'https://[::127.0.0.1]/x',
    'https://[64:ff9b::7f00:1]/x',
    'https://[64:ff9b:1::7f00:1]/x',
    'https://[2002:7f00:1::]/x',
    'https://[2001::1]/x',
    'https://[fe80::1]/x',
    'https://[fec0::1]/x',
    'https://[fc00::1]/x',
    'https://[fd00:ec2::254]/x',
    'https://[ff02::1]/x',
    'https://[4000::1]/x',
    'https://127.0.0.1./x',
  ])('%s may not', (text) => {
    expect(readEndpoint(text, strict)).toBeUndefined();
  });

  test('for development, http to this machine and to no other', () => {
    expect(readEndpoint('http://127.0.0.1:9/x', developing)).toBeDefined();
    expect(readEndpoint('http://[::1]:9/x', developing)).toBeDefined();
    expect(readEndpoint('http://8.8.8.8/x', developing)).toBeUndefined();
    expect(readEndpoint('http://10.0.0.1/x', developing)).toBeUndefined();
    // It may resolve to anything.
    expect(readEndpoint('http://localhost/x', developing)).toBeUndefined();
  });

  test('no text at all makes it throw, and what it lets through is https to a host without credentials', () => {
    const arbitrary = fc.oneof(
      fc.string(),
      fc.webUrl(),
      fc
        .tuple(fc.constantFrom('https://', 'http://', 'https:', '//'), fc.string())
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(arbitrary, (text) => {
        const url = readEndpoint(text, strict);
        if (!url) return;
        expect(url.protocol).toBe('https:');
        expect(url.username + url.password + url.hash).toBe('');
        const address = addressOf(url.hostname);
        if (address !== undefined) expect(mayConnect(strict, hostOf(url), address)).toBe(true);
      }),
    );
  });
});

describe('the address that is connected to', () => {
  const byte = fc.nat(255);
  const inside = fc.oneof(
    fc.tuple(fc.constant(10), byte, byte, byte),
    fc.tuple(fc.constant(127), byte, byte, byte),
    fc.tuple(fc.constant(0), byte, byte, byte),
    fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 }), byte, byte),
    fc.tuple(fc.constant(192), fc.constant(168), byte, byte),
    fc.tuple(fc.constant(169), fc.constant(254), byte, byte),
    fc.tuple(fc.constant(100), fc.integer({ min: 64, max: 127 }), byte, byte),
    fc.tuple(fc.integer({ min: 224, max: 255 }), byte, byte, byte),
  );
  const hex = (high: number, low: number) => ((high << 8) | low).toString(16);

  test('is never inside, however it is written', () => {
    fc.assert(
      fc.property(inside, ([a, b, c, d]) => {
        const dotted = `${a}.${b}.${c}.${d}`;
        const tail = `${hex(a, b)}:${hex(c, d)}`;
        for (const address of [
          dotted,
          `::ffff:${dotted}`,
          `::ffff:${tail}`,
          `0:0:0:0:0:FFFF:${tail}`,
          `64:ff9b::${tail}`,
          `::${tail}`,
          `2002:${tail}::1`,
        ])
          expect([address, mayConnect(strict, 'push.example.com', address)]).toEqual([address, false]);
      }),
    );
  });

  test('of IPv6 is one that was given out to somebody', () => {
    const part = fc.nat(0xffff);
    fc.assert(
      fc.property(fc.array(part, { minLength: 8, maxLength: 8 }), (parts) => {
        const address = parts.map((each) => each.toString(16)).join(':');
        if (mayConnect(strict, 'push.example.com', address)) expect((parts[0] ?? 0) >> 13).toBe(1);
      }),
    );
  });

  test('may be inside where an administrator said so, by name or by network, and no further', () => {
    const rules = {
      allowed: ['push.corp.example', '10.1.0.0/16', 'fd00:1::/32', '192.168.7.7'],
      httpOnLoopback: false,
    };
    expect(mayConnect(rules, 'Push.Corp.Example', '172.16.0.1')).toBe(true);
    expect(mayConnect(rules, 'other.example', '10.1.2.3')).toBe(true);
    expect(mayConnect(rules, 'other.example', '::ffff:10.1.2.3')).toBe(true);
    expect(mayConnect(rules, 'other.example', 'fd00:1::5')).toBe(true);
    expect(mayConnect(rules, 'other.example', '192.168.7.7')).toBe(true);
    expect(mayConnect(rules, 'other.example', '192.168.7.8')).toBe(false);
    expect(mayConnect(rules, 'other.example', '10.2.0.1')).toBe(false);
    expect(mayConnect(rules, 'other.example', 'fd00:2::5')).toBe(false);
    expect(readEndpoint('https://10.1.2.3/x', rules)).toBeDefined();
  });

  test('that is no address is not connected to', () => {
    for (const text of ['', 'localhost', '2a00::1%eth0', '1.2.3', '0x08080808', '010.8.8.8'])
      expect(mayConnect(strict, 'push.example.com', text)).toBe(false);
    expect(mayConnect(strict, 'push.example.com', '93.184.216.34')).toBe(true);
    expect(mayConnect(strict, 'push.example.com', '64:ff9b::5db8:d822')).toBe(true);
  });
});
