import { expect, test } from 'vitest';
import { trustedAddresses } from './trusted-addresses.ts';

test('addresses and networks of both families, and IPv4 as an IPv6 socket shows it', () => {
  const isTrusted = trustedAddresses(['192.0.2.1', '10.0.0.0/8', '2001:db8::/32']);
  for (const address of ['192.0.2.1', '10.9.8.7', '2001:db8:1::5', '::ffff:10.9.8.7'])
    expect(isTrusted(address), address).toBe(true);
  for (const address of ['192.0.2.2', '11.0.0.1', '2001:db9::1', '::ffff:192.0.2.2', ''])
    expect(isTrusted(address), address).toBe(false);
});
