// IP addresses between text and octets, for attributes (RFC 2865 5, RFC 3162) and for finding a client by its source
// address.
import { RadiusError } from './errors.ts';

const MAPPED_PREFIX_LENGTH = 12;

/** Reads dotted decimal or IPv6 text (a zone such as `%eth0` is ignored): 4 or 16 octets. Throws RadiusError 'bad-address'. */
export function parseAddress(text: string): Uint8Array {
  const octets = text.includes(':') ? parseIpv6(text) : parseIpv4(text);
  if (octets === undefined)
    throw new RadiusError('bad-address', `not an IP address: ${JSON.stringify(text)}`);
  return octets;
}

/** Writes 4 octets as dotted decimal, 16 as IPv6 text in the form of RFC 5952. Throws RadiusError 'bad-value'. */
export function formatAddress(octets: Uint8Array): string {
  if (octets.length === 4) return octets.join('.');
  if (octets.length !== 16) throw new RadiusError('bad-value', 'an address has 4 or 16 octets');
  if (isMapped(octets)) return `::ffff:${octets.subarray(MAPPED_PREFIX_LENGTH).join('.')}`;
  const groups = Array.from({ length: 8 }, (_, i) => groupAt(octets, i));
  const { start, length } = longestZeroRun(groups);
  if (length < 2) return hexGroups(groups);
  return `${hexGroups(groups.slice(0, start))}::${hexGroups(groups.slice(start + length))}`;
}

/** ::ffff:a.b.c.d as the four octets it stands for (RFC 4291 2.5.5.2); anything else unchanged. */
export function unmapAddress(octets: Uint8Array): Uint8Array {
  return isMapped(octets) ? octets.subarray(MAPPED_PREFIX_LENGTH) : octets;
}

function isMapped(octets: Uint8Array): boolean {
  if (octets.length !== 16 || octets[10] !== 0xff || octets[11] !== 0xff) return false;
  return octets.subarray(0, 10).every((octet) => octet === 0);
}

function parseIpv4(text: string): Uint8Array | undefined {
  const parts = text.split('.');
  // Leading zeros are refused: some resolvers read them as octal.
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part))) return undefined;
  const octets = parts.map(Number);
  return octets.every((octet) => octet <= 255) ? Uint8Array.from(octets) : undefined;
}

function parseIpv6(text: string): Uint8Array | undefined {
  const halves = text.replace(/%[^%/]+$/, '').split('::');
  if (halves.length > 2) return undefined;
  const [left = '', right] = halves;
  const head = parseGroups(left, right === undefined);
  const tail = right === undefined ? [] : parseGroups(right, true);
  if (head === undefined || tail === undefined) return undefined;
  const missing = 16 - head.length - tail.length;
  // `::` stands for at least one group (RFC 4291 2.2).
  if (right === undefined ? missing !== 0 : missing < 2) return undefined;
  const octets = new Uint8Array(16);
  octets.set(head);
  octets.set(tail, 16 - tail.length);
  return octets;
}

function parseGroups(text: string, mayEndInIpv4: boolean): number[] | undefined {
  if (text === '') return [];
  const octets: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (mayEndInIpv4 && index === parts.length - 1 && part.includes('.')) {
      const ipv4 = parseIpv4(part);
      if (ipv4 === undefined) return undefined;
      octets.push(...ipv4);
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(part)) return undefined;
      const group = Number.parseInt(part, 16);
      octets.push(group >> 8, group & 0xff);
    }
  }
  return octets.length <= 16 ? octets : undefined;
}

function groupAt(octets: Uint8Array, index: number): number {
  return ((octets[2 * index] ?? 0) << 8) | (octets[2 * index + 1] ?? 0);
}

function hexGroups(groups: readonly number[]): string {
  return groups.map((group) => group.toString(16)).join(':');
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (let i = 0; i <= groups.length; i++) {
    if (i < groups.length && groups[i] === 0) continue;
    if (i - start > best.length) best = { start, length: i - start };
    start = i + 1;
  }
  return best;
}

/** The address as an operator writes it: an IPv4 sender on an IPv6 socket without the ::ffff: before it. */
export function plainAddress(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
}
