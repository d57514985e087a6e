// The certificate authorities of the installation, opened for use. Keys stay in memory as KeyObjects, never as text. They are read when
// asked for: the command line, or another node, may have brought a new one.
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { Db } from '#db/db.ts';
import type { Vault } from '#platform/vault.ts';
import { keyIdentifierOf, publicKeyBitsOf } from './certificate.ts';
import { type AuthorityRow, findSigningId, selectAuthorities, selectAuthority } from './authority-store.ts';
import { type Der, membersOf, splitSigned } from './der.ts';

/** What a vault seals an authority's private key for. */
export const authorityKeyPurpose = 'certificate-authority';

/** An authority of which everything but perhaps the key is here. */
export interface KnownAuthority {
  readonly id: string;
  /** `single`: signs what is issued, and itself. `root`: signs intermediates. `external`: a third party's; nothing of it is told here. */
  readonly kind: 'single' | 'root' | 'intermediate' | 'external';
  /** PEM. */
  readonly certificate: string;
  /** Who signed it, up to the one that signed itself; PEM. */
  readonly issuers: readonly string[];
  /** Null when it was taken away. */
  readonly privateKey: KeyObject | null;
  /** Distinguished name, DER. */
  readonly subject: Der;
  readonly keyIdentifier: Der;
  /** What stands in the BIT STRING of its public key (RFC 6960 4.1.1, issuerKeyHash). */
  readonly publicKeyBits: Der;
  /** Epoch milliseconds. */
  readonly notBefore: number;
  readonly notAfter: number;
}

/** One that can sign. */
export interface CertificateAuthority extends KnownAuthority {
  readonly privateKey: KeyObject;
}

export interface Authorities {
  /** The one that signs what is issued now. @throws Error when there is none, VaultError when its key was sealed with another master key */
  current(): Promise<CertificateAuthority>;
  /** Undefined when there is no such authority, or it is a third party's. */
  known(id: string): Promise<KnownAuthority | undefined>;
  /** Newest first; intermediates before the root that was made with them. None of a third party. */
  all(): Promise<readonly KnownAuthority[]>;
}

export const isOpen = (authority: KnownAuthority): authority is CertificateAuthority =>
  authority.privateKey !== null;

/** The authority and its issuers, as whoever verifies needs them; PEM. */
export const chainOf = ({ certificate, issuers }: Pick<KnownAuthority, 'certificate' | 'issuers'>) => [
  certificate,
  ...issuers,
];

/** The one at the end of the chain, that whoever verifies trusts; PEM. */
export const trustedOf = (authority: Pick<KnownAuthority, 'certificate' | 'issuers'>): string =>
  authority.issuers.at(-1) ?? authority.certificate;

export function openAuthorities(deps: { readonly db: Db; readonly vault: Vault }): Authorities {
  const open = new Map<string, { readonly row: AuthorityRow; readonly authority: KnownAuthority }>();
  const opened = (row: AuthorityRow): KnownAuthority => {
    const found = open.get(row.id);
    if (found?.row.private_key === row.private_key) return found.authority;
    const authority = openAuthority(deps.vault, row);
    open.set(row.id, { row, authority });
    return authority;
  };
  const known = async (id: string) => {
    const row = await selectAuthority(deps.db.read, id);
    return row && row.kind !== 'external' ? opened(row) : undefined;
  };
  return {
    known,
    async current() {
      const id = await findSigningId(deps.db.read);
      const authority = id === undefined ? undefined : await known(id);
      if (!authority || !isOpen(authority))
        throw new Error('this installation has no certificate authority that can sign');
      return authority;
    },
    all: async () =>
      (await selectAuthorities(deps.db.read)).filter(({ kind }) => kind !== 'external').map(opened),
  };
}

function openAuthority(vault: Vault, row: AuthorityRow): KnownAuthority {
  const certificate = new X509Certificate(row.certificate);
  const privateKey = row.private_key === '' ? null : openKey(vault, row);
  if (privateKey && !certificate.checkPrivateKey(privateKey))
    throw new Error('the certificate authority’s key does not belong to its certificate');
  return {
    id: row.id,
    kind: row.kind,
    certificate: row.certificate,
    issuers: JSON.parse(row.issuers) as string[],
    privateKey,
    subject: subjectOf(certificate.raw),
    keyIdentifier: keyIdentifierOf(certificate.publicKey),
    publicKeyBits: publicKeyBitsOf(certificate.publicKey),
    notBefore: Date.parse(certificate.validFrom),
    notAfter: Date.parse(certificate.validTo),
  };
}

function openKey(vault: Vault, row: AuthorityRow): KeyObject {
  const pkcs8 = vault.open(authorityKeyPurpose, row.id, row.private_key);
  return createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' });
}

/** The subject as it stands in a certificate. */
export function subjectOf(certificate: Uint8Array): Buffer {
  // TBSCertificate (RFC 5280 4.1): version, serialNumber, signature, issuer, validity, subject, …
  const subject = membersOf(splitSigned(certificate)?.toBeSigned ?? Buffer.alloc(0))?.[5];
  if (!subject) throw new Error('a certificate of an authority cannot be read');
  return subject;
}
