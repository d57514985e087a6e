// Where gateways may stand. Only administrators name them, and many are inside: private addresses and this machine are allowed; what no
// gateway has is not (link-local with its metadata services, multicast, nothing at all).
import ipaddr from 'ipaddr.js';

// Of clouds, though they look like anybody's: Azure's, and AWS's over IPv6.
const metadata = ['168.63.129.16', 'fd00:ec2::254'];
const refused = ['linkLocal', 'multicast', 'broadcast', 'unspecified', 'reserved'];

/** @param address as it is connected to, IPv4 or IPv6 */
export function mayReachGateway(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const plain = ipaddr.process(address);
  return !refused.includes(plain.range()) && !metadata.includes(plain.toString());
}
