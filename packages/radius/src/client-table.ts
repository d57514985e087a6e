// Which client a source address belongs to: longest prefix over IPv4 and IPv6. node:net's BlockList answers yes or
// no, not which.
import { RadiusError } from './errors.ts';
import { formatAddress, parseAddress, unmapAddress } from './ip-address.ts';

const LOOKUP_CACHE_SIZE = 4096;

/** A normalised network: `text` has the host bits cleared and always a prefix length. */
export interface Network {
  readonly octets: Uint8Array;
  readonly prefixLength: number;
  readonly text: string;
}

export interface ClientTable<C> {
  /** The client with the longest prefix that covers the address, or undefined. A text that is no address has no client. */
  lookup(address: string): C | undefined;
}

/**
 * Reads `address` or `address/length`. Host bits are cleared, IPv4-mapped IPv6 becomes IPv4 (::ffff:10.0.0.0/104 is 10.0.0.0/8).
 * Throws RadiusError 'bad-address'.
 */
export function parseNetwork(text: string): Network {
  const [addressText = '', lengthText, ...rest] = text.trim().split('/');
  if (rest.length > 0) throw badNetwork(text, 'more than one slash');
  const written = parseAddress(addressText);
  const octets = unmapAddress(written);
  const bits = written.length * 8;
  if (lengthText !== undefined && !/^(0|[1-9]\d{0,2})$/.test(lengthText)) {
    throw badNetwork(text, 'the prefix length is not a number');
  }
  const writtenLength = lengthText === undefined ? bits : Number(lengthText);
  if (writtenLength > bits) throw badNetwork(text, `the prefix length is above ${bits}`);
  const prefixLength = writtenLength - (bits - octets.length * 8);
  if (prefixLength < 0) throw badNetwork(text, 'an IPv4-mapped prefix is at least 96 long');
  const network = masked(octets, prefixLength);
  return { octets: network, prefixLength, text: `${formatAddress(network)}/${prefixLength}` };
}

/** Builds an immutable table from CIDR texts. Throws RadiusError 'bad-address' for a bad network or one given twice. */
export function createClientTable<C>(
  entries: Iterable<readonly [network: string, client: C]>,
): ClientTable<C> {
  const byLength = new Map<number, Map<number, Map<string, C>>>();
  for (const [text, client] of entries) {
    const network = parseNetwork(text);
    const lengths = getOrAdd(byLength, network.octets.length, () => new Map<number, Map<string, C>>());
    const clients = getOrAdd(lengths, network.prefixLength, () => new Map<string, C>());
    const key = keyOf(network.octets);
    if (clients.has(key)) throw badNetwork(network.text, 'given twice');
    clients.set(key, client);
  }
  const prefixes = new Map([...byLength].map(([family, lengths]) => [family, longestFirst(lengths)]));
  return { lookup: remembered((address) => longestMatch(prefixes, address)) };
}

type PrefixList<C> = readonly (readonly [length: number, clients: ReadonlyMap<string, C>])[];

function longestFirst<C>(lengths: ReadonlyMap<number, ReadonlyMap<string, C>>): PrefixList<C> {
  return [...lengths].sort(([a], [b]) => b - a);
}

function longestMatch<C>(prefixes: ReadonlyMap<number, PrefixList<C>>, address: string): C | undefined {
  const octets = addressOctets(address);
  if (octets === undefined) return undefined;
  for (const [length, clients] of prefixes.get(octets.length) ?? []) {
    const key = keyOf(masked(octets, length));
    if (clients.has(key)) return clients.get(key);
  }
  return undefined;
}

function addressOctets(address: string): Uint8Array | undefined {
  try {
    return unmapAddress(parseAddress(address));
  } catch (error) {
    if (error instanceof RadiusError) return undefined;
    throw error;
  }
}

/** Source addresses repeat with every packet; forged ones must not grow the memory, so a full cache starts again. */
function remembered<C>(lookup: (address: string) => C | undefined): (address: string) => C | undefined {
  const cache = new Map<string, C | undefined>();
  return (address) => {
    const known = cache.get(address);
    if (known !== undefined || cache.has(address)) return known;
    if (cache.size >= LOOKUP_CACHE_SIZE) cache.clear();
    const client = lookup(address);
    cache.set(address, client);
    return client;
  };
}

function masked(octets: Uint8Array, prefixLength: number): Uint8Array {
  return octets.map(
    (octet, index) => octet & (0xff << Math.min(8, Math.max(0, 8 * (index + 1) - prefixLength))),
  );
}

function keyOf(octets: Uint8Array): string {
  return octets.join('.');
}

function getOrAdd<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const value = create();
  map.set(key, value);
  return value;
}

function badNetwork(text: string, reason: string): RadiusError {
  return new RadiusError('bad-address', `bad network ${JSON.stringify(text)}: ${reason}`);
}
