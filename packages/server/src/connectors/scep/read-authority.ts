// GetCACaps and GetCACert (RFC 8894 3.5 and 4.2): what a server can, and which of its certificates are those of the settings.
import { type KeyObject, X509Certificate } from 'node:crypto';
import { readCertificatesOnly } from '#core/certificates/cms.ts';
import { keyUsageOf } from '#core/certificates/public-key-use.ts';
import { isUsableRsa } from '#core/certificates/signed-message.ts';
import type { ScepAuthority, ScepPlace } from '#core/certificate-sources/scep-client.ts';

/** Compared without regard to case: servers write them in several ways. */
export const readCapabilities = (text: string): ReadonlySet<string> =>
  new Set(
    text
      .split(/\r?\n/)
      .slice(0, 50)
      .map((line) => line.trim().toLowerCase())
      .filter((line) => /^[a-z0-9-]{1,40}$/.test(line)),
  );

/** @returns in words what is missing, or undefined */
export function missingOf(capabilities: ReadonlySet<string>): string | undefined {
  // RFC 8894 3.5.2: AES, SHA-256 and POST.
  if (capabilities.has('scepstandard')) return undefined;
  const wanted = { aes: 'AES', 'sha-256': 'SHA-256', postpkioperation: 'POSTPKIOperation' };
  const missing = Object.entries(wanted).filter(([name]) => !capabilities.has(name));
  return missing.length === 0 ? undefined : missing.map(([, name]) => name).join(', ');
}

/** One certificate, or several in a SignedData. @returns undefined when it is neither */
export function readCertificates(bytes: Uint8Array): readonly X509Certificate[] | undefined {
  const many = readCertificatesOnly(bytes);
  if (many) return many;
  try {
    return bytes[0] === 0x30 ? [new X509Certificate(bytes)] : undefined;
  } catch {
    return undefined;
  }
}

export const fingerprintOf = ({ fingerprint256 }: X509Certificate): string =>
  fingerprint256.replaceAll(':', '').toLowerCase();

const describe = (each: X509Certificate): string =>
  `${each.subject?.replaceAll('\n', ', ') ?? ''} (SHA-256 ${fingerprintOf(each)})`;

export const describeAll = (all: readonly X509Certificate[]): string => all.map(describe).join('; ');

const keyCertSign = 0x04;
const keyEncipherment = 0x20;

export const findPinned = (all: readonly X509Certificate[], { fingerprint }: ScepPlace) =>
  all.find((each) => fingerprintOf(each) === fingerprint);

/** @returns in words why it cannot be the authority */
export function faultOfAuthority(authority: X509Certificate, now: number): string | undefined {
  if (!authority.ca || (keyUsageOf(authority.raw) & keyCertSign) === 0)
    return 'it is not the certificate of an authority';
  if (Date.parse(authority.validFrom) > now || Date.parse(authority.validTo) <= now)
    return 'it does not hold now';
  return undefined;
}

const isRsa = (key: KeyObject): boolean => key.asymmetricKeyType === 'rsa' && isUsableRsa(key);

/**
 * Whom messages go to and come from: certificates whose fingerprints stand in the settings; the authority itself where none do. That one
 * has issued many certificates is no reason to trust each with messages.
 * @returns those, or in words what is wrong
 */
export function registrarsOf(
  all: readonly X509Certificate[],
  authority: X509Certificate,
  { registrar_fingerprints: pinned }: ScepPlace,
  now: number,
): readonly X509Certificate[] | string {
  const found =
    pinned.length === 0 ? [authority] : all.filter((each) => pinned.includes(fingerprintOf(each)));
  if (found.length < Math.max(1, pinned.length))
    return `not all registration authorities of the settings are there. It has ${describeAll(all)}`;
  const stranger = found.find(
    (each) => each !== authority && !(each.checkIssued(authority) && each.verify(authority.publicKey)),
  );
  if (stranger) return `${describe(stranger)} was not issued by the authority`;
  const ended = found.find(({ validTo }) => Date.parse(validTo) <= now);
  if (ended) return `${describe(ended)} has ended`;
  const recipient =
    found.find((each) => isRsa(each.publicKey) && (keyUsageOf(each.raw) & keyEncipherment) !== 0) ??
    // Some authorities do not say that their key deciphers, and do.
    found.find((each) => each === authority && isRsa(each.publicKey));
  if (!recipient)
    return `none of them can be encrypted to (RSA with 2048 bits or more). The server has ${describeAll(all)}; name its registration authorities`;
  return [recipient, ...found.filter((each) => each !== recipient)];
}

/** The authority's issuers among what the server gave, up to the one that signed itself. */
export function issuersOf(
  authority: X509Certificate,
  all: readonly X509Certificate[],
): readonly X509Certificate[] {
  const issuers: X509Certificate[] = [];
  for (let below = authority; issuers.length < 3; ) {
    const at = below;
    const issuer = all.find(
      (each) => !each.raw.equals(at.raw) && at.checkIssued(each) && at.verify(each.publicKey),
    );
    if (!issuer || issuers.includes(issuer)) break;
    issuers.push(issuer);
    below = issuer;
  }
  return issuers;
}

export const toAuthority = (
  authority: X509Certificate,
  issuers: readonly X509Certificate[],
  registrars: readonly X509Certificate[],
): ScepAuthority => ({
  certificate: pemOf(authority),
  issuers: issuers.map(pemOf),
  registrars: registrars.map(pemOf),
});

const pemOf = (each: X509Certificate): string => each.toString();
