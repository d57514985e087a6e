import { describe, expect, test } from 'vitest';
import { hostAndPort, isThisMachine, radiusAddress } from './radius-address.ts';

describe('where gateways reach this server', () => {
  test.each([
    [['192.0.2.5:1812'], 'mfa.example.org', { host: '192.0.2.5', port: 1812, isLocalOnly: false }],
    [['0.0.0.0:1812', '[::]:1812'], 'mfa.example.org', { host: 'mfa.example.org', port: 1812 }],
    [['0.0.0.0:2812'], 'localhost', { host: '127.0.0.1', port: 2812, isLocalOnly: false }],
    [['127.0.0.1:1812', '[::1]:1812'], 'localhost', { host: '127.0.0.1', port: 1812, isLocalOnly: true }],
    [['127.0.0.1:1812', '[2001:db8::5]:1812'], 'localhost', { host: '2001:db8::5', isLocalOnly: false }],
  ])('%j seen at %s', (listens, hostname, expected) => {
    expect(radiusAddress(listens, hostname)).toMatchObject(expected);
  });

  test('where nothing listens there is no address', () => {
    expect(radiusAddress([], 'localhost')).toBeUndefined();
    expect(radiusAddress(['nonsense'], 'localhost')).toBeUndefined();
  });

  test('IPv6 addresses are put into brackets beside a port', () => {
    expect(hostAndPort({ host: '2001:db8::5', port: 1812 })).toBe('[2001:db8::5]:1812');
  });

  test('this machine', () => {
    expect(['127.0.0.1', '127.0.0.0/8', '::1'].every(isThisMachine)).toBe(true);
    expect(isThisMachine('192.0.2.10')).toBe(false);
  });
});
