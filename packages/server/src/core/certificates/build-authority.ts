// Certificates of authorities: a root that signs itself, and the intermediate below it that signs what is issued.
import { generateKeyPair, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { AuthorityKey } from '@countersign/contract/authority-models.ts';
import type { IdSource } from '#platform/id.ts';
import {
  authorityConstraints,
  authorityKeyIdentifier,
  commonName,
  keyIdentifierOf,
  keyUsage,
  newSerial,
  publicKeyInfo,
  revocationListAt,
  serialText,
  signCertificate,
  subjectKeyIdentifier,
} from './certificate.ts';
import { type Der, toPem } from './der.ts';

const yearMs = 365.25 * 86_400_000;
const lifeMs = { root: 20 * yearMs, intermediate: 10 * yearMs };
/** As with the certificates that they issue. */
const backdatedMs = 86_400_000;
const maxCommonName = 64; // RFC 5280 A.1, ub-common-name

export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** Who signs an intermediate: a root whose key is here, be it in the database or in a file. */
export interface Root {
  readonly subject: Der;
  readonly keyIdentifier: Der;
  readonly privateKey: KeyObject;
  readonly notAfter: number;
}

export interface BuiltAuthority {
  /** Hexadecimal. */
  readonly serial: string;
  readonly pem: string;
  readonly subject: Der;
  readonly notBefore: number;
  readonly notAfter: number;
}

/** RSA keys take a while: never within a transaction. */
export const newKeyPair = async (kind: AuthorityKey): Promise<KeyPair> =>
  kind === 'rsa-3072'
    ? promisify(generateKeyPair)('rsa', { modulusLength: 3072 })
    : generateKeyPairSync('ec', { namedCurve: 'P-256' });

export const rootName = (installationName: string): Der =>
  commonName(cut(`Countersign CA, ${installationName}`));

/** @param id of the authority: another name for each, so that nobody takes one for another. */
export const intermediateName = (id: string, installationName: string): Der =>
  commonName(cut(`Countersign Issuing CA ${id.slice(0, 8)}, ${installationName}`));

const cut = (text: string): string => [...text].slice(0, maxCommonName).join('');

export function buildRoot(deps: IdSource, subject: Der, { privateKey, publicKey }: KeyPair): BuiltAuthority {
  const keyIdentifier = keyIdentifierOf(publicKey);
  const now = deps.clock.now();
  const serial = newSerial(deps.random);
  const dates = datesFrom(now, now + lifeMs.root);
  const der = signCertificate(
    {
      ...{ serial, issuer: subject, subject, publicKey: publicKeyInfo(publicKey), ...dates },
      extensions: [
        authorityConstraints(1),
        keyUsage('keyCertSign', 'crlSign'),
        subjectKeyIdentifier(keyIdentifier),
        authorityKeyIdentifier(keyIdentifier),
      ],
    },
    privateKey,
  );
  return { serial: serialText(serial), pem: toPem('CERTIFICATE', der), subject, ...dates };
}

export interface Below {
  readonly subject: Der;
  readonly publicKey: KeyObject;
  /** Of the root's revocation list; null when nobody serves one. */
  readonly revocationListUrl: string | null;
}

/** The certificate of an intermediate, signed by a root. */
export function buildIntermediate(
  deps: IdSource,
  root: Root,
  { subject, publicKey, revocationListUrl }: Below,
): BuiltAuthority {
  const now = deps.clock.now();
  const serial = newSerial(deps.random);
  const dates = datesFrom(now, Math.min(now + lifeMs.intermediate, root.notAfter));
  const der = signCertificate(
    {
      ...{ serial, issuer: root.subject, subject, publicKey: publicKeyInfo(publicKey), ...dates },
      extensions: [
        authorityConstraints(0),
        keyUsage('keyCertSign', 'crlSign'),
        subjectKeyIdentifier(keyIdentifierOf(publicKey)),
        authorityKeyIdentifier(root.keyIdentifier),
        ...(revocationListUrl === null ? [] : [revocationListAt(revocationListUrl)]),
      ],
    },
    root.privateKey,
  );
  return { serial: serialText(serial), pem: toPem('CERTIFICATE', der), subject, ...dates };
}

const wholeSeconds = (at: number): number => Math.floor(at / 1000) * 1000;
const datesFrom = (now: number, notAfter: number) => ({
  notBefore: wholeSeconds(now - backdatedMs),
  notAfter: wholeSeconds(notAfter),
});
