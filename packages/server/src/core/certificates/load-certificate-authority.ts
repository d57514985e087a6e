// Opens the certificate authority's key for use. The key stays in memory as a KeyObject, never as text.
import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import type { Db } from '#db/db.ts';
import type { Vault } from '#platform/vault.ts';
import { type CertificateAuthority, keyIdentifierOf, pointOf } from './certificate.ts';
import { findAuthority } from './certificate-store.ts';
import { authorityKeyPurpose } from './create-certificate-authority.ts';
import { membersOf, splitSigned } from './der.ts';

/**
 * The authority that signs now.
 * @throws Error when the installation has none, VaultError when its key was sealed with another master key.
 */
export async function loadCertificateAuthority(deps: {
  readonly db: Db;
  readonly vault: Vault;
}): Promise<CertificateAuthority> {
  const row = await findAuthority(deps.db.read);
  if (!row) throw new Error('this installation has no certificate authority');
  const pkcs8 = deps.vault.open(authorityKeyPurpose, row.id, row.private_key);
  const privateKey = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' });
  const certificate = new X509Certificate(row.certificate);
  if (!certificate.checkPrivateKey(privateKey))
    throw new Error('the certificate authority’s key does not belong to its certificate');
  const publicKey = createPublicKey(privateKey);
  return {
    id: row.id,
    certificate: row.certificate,
    privateKey,
    subject: issuerOf(certificate),
    keyIdentifier: keyIdentifierOf(publicKey),
    publicKeyBits: pointOf(publicKey),
    notAfter: Date.parse(certificate.validTo),
  };
}

/** Issuer as it stands in the certificate; a self-signed one's issuer is its subject. */
function issuerOf(certificate: X509Certificate): Buffer {
  // TBSCertificate (RFC 5280 4.1): version, serialNumber, signature, issuer, …
  const issuer = membersOf(splitSigned(certificate.raw)?.toBeSigned ?? Buffer.alloc(0))?.[3];
  if (!issuer) throw new Error('the certificate authority’s certificate cannot be read');
  return issuer;
}
