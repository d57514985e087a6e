// The one way in which a network is written, so that the same network cannot be there twice and the longest prefix can be compared.
import ipaddr from 'ipaddr.js';
import { Problem } from '#platform/problem.ts';

/** Where IPv4 begins in IPv6 (RFC 4291 2.5.5.2). */
const mappedPrefix = 96;

const refuse = (message: string): Problem =>
  new Problem('invalid_request', undefined, [{ field: 'network', message }]);

/**
 * `192.0.2.1` becomes `192.0.2.1/32`, `2001:DB8::/32` becomes `2001:db8::/32` (RFC 5952), `::ffff:192.0.2.0/120` becomes `192.0.2.0/24`.
 * @throws Problem invalid_request when it is not a network, or an address inside one.
 */
export function canonicalNetwork(text: string): string {
  const { address, prefix } = unmap(readNetwork(text.trim()));
  const network = `${print(address)}/${prefix}`;
  const first = firstAddress(address, prefix);
  if (print(first) !== print(address))
    throw refuse(`must begin where the network begins: ${print(first)}/${prefix}`);
  return network;
}

/** True when an address lies in both. @param a in canonical form. @param b in canonical form. */
export function overlap(a: string, b: string): boolean {
  const [one, other] = [ipaddr.parseCIDR(a), ipaddr.parseCIDR(b)];
  if (one[0].kind() !== other[0].kind()) return false;
  return one[0].match(other[0], Math.min(one[1], other[1]));
}

type Address = ipaddr.IPv4 | ipaddr.IPv6;
interface Network {
  readonly address: Address;
  readonly prefix: number;
}

function readNetwork(text: string): Network {
  const [addressText = '', prefixText, ...rest] = text.split('/');
  const address = readAddress(addressText);
  const bits = address instanceof ipaddr.IPv6 ? 128 : 32;
  if (prefixText === undefined) return { address, prefix: bits };
  const prefix = Number(prefixText);
  if (rest.length > 0 || !/^(?:0|[1-9][0-9]{0,2})$/.test(prefixText) || prefix > bits)
    throw refuse(`must have a prefix length from 0 to ${bits} after the slash`);
  return { address, prefix };
}

function readAddress(text: string): Address {
  // The library also reads `10.1`, octal and hexadecimal, which programs understand differently, and IPv6 zones.
  const plain = text.includes(':')
    ? !text.includes('%') && ipaddr.IPv6.isValid(text)
    : ipaddr.IPv4.isValidFourPartDecimal(text);
  if (!plain) throw refuse('must be an IPv4 or IPv6 address or network such as 192.0.2.0/24');
  return ipaddr.parse(text);
}

function unmap({ address, prefix }: Network): Network {
  if (!(address instanceof ipaddr.IPv6) || !address.isIPv4MappedAddress() || prefix < mappedPrefix)
    return { address, prefix };
  return { address: address.toIPv4Address(), prefix: prefix - mappedPrefix };
}

const firstAddress = (address: Address, prefix: number): Address =>
  address instanceof ipaddr.IPv6
    ? ipaddr.IPv6.networkAddressFromCIDR(`${address.toRFC5952String()}/${prefix}`)
    : ipaddr.IPv4.networkAddressFromCIDR(`${address.toString()}/${prefix}`);

const print = (address: Address): string =>
  address instanceof ipaddr.IPv6 ? address.toRFC5952String() : address.toString();
