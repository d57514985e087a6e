// Where pushes may go. A device names the URL, so it must not make the server call machines that only the server can reach (SSRF).
// The form is checked when it is named; the address when it is connected to, since a name may resolve to another one each time.
import ipaddr from 'ipaddr.js';

export interface EndpointRules {
  /** Host names, and networks in CIDR form, that are allowed though they are inside. */
  readonly allowed: readonly string[];
  /** For development: also `http:`, and only to this machine. */
  readonly httpOnLoopback: boolean;
}

/** UnifiedPush gives endpoints no more, and browsers need less. */
export const maxEndpointLength = 1000;

/** Of clouds, though the addresses look like anybody's: 168.63.129.16 is Azure's own. */
const metadataAddresses = ['168.63.129.16'];

/** The endpoint in its one form, when its text is one that may be pushed to; names are not resolved here. */
export function readEndpoint(text: string, rules: EndpointRules): URL | undefined {
  // What a URL parser would drop or make over must not be in it to begin with.
  if (text.length > maxEndpointLength || !/^[\x21-\x7e]+$/.test(text) || !URL.canParse(text))
    return undefined;
  const url = new URL(text);
  if (url.username !== '' || url.password !== '' || url.hash !== '' || url.hostname === '') return undefined;
  const address = addressOf(url.hostname);
  if (url.protocol === 'http:') return rules.httpOnLoopback && isLoopback(address) ? url : undefined;
  if (url.protocol !== 'https:') return undefined;
  return address === undefined || mayConnect(rules, hostOf(url), address) ? url : undefined;
}

/** Name or address as it is connected to: without the brackets of IPv6, and without the dot at the end of a full name. */
export const hostOf = ({ hostname }: URL): string => unbracket(hostname).replace(/\.$/, '');

const unbracket = (hostname: string): string => hostname.replace(/^\[|\]$/g, '');

/** The address that a host name is itself, or undefined for a name. */
export function addressOf(hostname: string): string | undefined {
  const text = unbracket(hostname);
  return isAddress(text) ? text : undefined;
}

/** The library also reads `10.1`, octal and hexadecimal, which programs understand differently, and IPv6 zones. */
const isAddress = (text: string): boolean =>
  text.includes(':')
    ? !text.includes('%') && ipaddr.IPv6.isValid(text)
    : ipaddr.IPv4.isValidFourPartDecimal(text);

/** @param host as in the endpoint. @param address that it resolved to, or is */
export function mayConnect(rules: EndpointRules, host: string, address: string): boolean {
  const plain = plainAddress(address);
  if (!plain) return false;
  if (rules.httpOnLoopback && plain.range() === 'loopback') return true;
  return isPublic(plain) || rules.allowed.some((entry) => allows(entry, host, plain));
}

/** Whether an administrator allowed the very name, so that it may be looked up as the system does. */
export const isNameAllowed = ({ allowed }: EndpointRules, host: string): boolean =>
  allowed.some((entry) => isName(entry) && isSameName(entry, host));

const isName = (entry: string): boolean => !ipaddr.isValid(entry) && !ipaddr.isValidCIDR(entry);

const isSameName = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** What is really reached: IPv4 within IPv6 (mapped, RFC 4291 2.5.5.2; translated, RFC 6052 2.1) is IPv4. */
function plainAddress(text: string): Address | undefined {
  if (!isAddress(text)) return undefined;
  const address = ipaddr.parse(text);
  if (address instanceof ipaddr.IPv4) return address;
  if (address.isIPv4MappedAddress()) return address.toIPv4Address();
  const [a, b, ...rest] = address.parts;
  const isWellKnown = a === 0x64 && b === 0xff9b && rest.slice(0, 4).every((part) => part === 0);
  return isWellKnown ? new ipaddr.IPv4(address.toByteArray().slice(12)) : address;
}

function isPublic(address: Address): boolean {
  if (address.range() !== 'unicast' || metadataAddresses.includes(address.toString())) return false;
  // Only 2000::/3 is given out to anybody (RFC 4291 2.4); the rest of what is called unicast is not.
  return address instanceof ipaddr.IPv4 || ((address.parts[0] ?? 0) & 0xe000) === 0x2000;
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && plainAddress(address)?.range() === 'loopback';
}

function allows(entry: string, host: string, address: Address): boolean {
  if (isName(entry)) return isSameName(entry, host);
  const [network, bits] = ipaddr.parseCIDR(
    entry.includes('/') ? entry : `${entry}/${entry.includes(':') ? 128 : 32}`,
  );
  if (network instanceof ipaddr.IPv4) return address instanceof ipaddr.IPv4 && address.match(network, bits);
  return address instanceof ipaddr.IPv6 && address.match(network, bits);
}
