import { expect, test } from 'vitest';
import { mayReachGateway } from './gateway-address.ts';

test.each(['10.0.0.5', '192.168.1.9', '127.0.0.1', '::1', 'fd12::1', '93.184.216.34', '2606:2800:220:1::1'])(
  'a gateway may stand at %s',
  (address) => expect(mayReachGateway(address)).toBe(true),
);

test.each([
  '169.254.169.254',
  '::ffff:169.254.169.254',
  'fe80::1',
  '0.0.0.0',
  '::',
  '224.0.0.1',
  'ff02::1',
  '255.255.255.255',
  '168.63.129.16',
  'fd00:ec2::254',
  'nonsense',
])('none stands at %s', (address) => expect(mayReachGateway(address)).toBe(false));
