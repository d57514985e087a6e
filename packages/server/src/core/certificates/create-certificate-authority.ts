// Makes the installation's certificate authority: once, at the first start.
import { generateKeyPairSync } from 'node:crypto';
import type { Tx } from '#db/db.ts';
import { type IdSource, uuid4 } from '#platform/id.ts';
import type { Vault } from '#platform/vault.ts';
import {
  authorityConstraints,
  authorityKeyIdentifier,
  commonName,
  keyIdentifierOf,
  keyUsage,
  newSerial,
  publicKeyInfo,
  signCertificate,
  subjectKeyIdentifier,
} from './certificate.ts';
import { insertAuthority } from './certificate-store.ts';
import { toPem } from './der.ts';

const years = 20;
const yearMs = 365.25 * 86_400_000;
/** As with the certificates that it issues. */
const backdatedMs = 86_400_000;
const maxCommonName = 64; // RFC 5280 A.1, ub-common-name
/** What a vault seals the authority's private key for. */
export const authorityKeyPurpose = 'certificate-authority';

/**
 * @param installationName shown in the authority's subject; cut when too long for a common name.
 * @returns id and certificate (PEM) of the authority.
 */
export async function createCertificateAuthority(
  tx: Tx,
  deps: IdSource & { readonly vault: Vault },
  installationName: string,
): Promise<{ readonly id: string; readonly certificate: string }> {
  const id = uuid4(deps.random);
  const now = deps.clock.now();
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = commonName([...`Countersign CA, ${installationName}`].slice(0, maxCommonName).join(''));
  const keyIdentifier = keyIdentifierOf(publicKey);
  const der = signCertificate(
    {
      serial: newSerial(deps.random),
      issuer: name,
      subject: name,
      publicKey: publicKeyInfo(publicKey),
      notBefore: now - backdatedMs,
      notAfter: now + years * yearMs,
      extensions: [
        authorityConstraints(0),
        keyUsage('keyCertSign', 'crlSign'),
        subjectKeyIdentifier(keyIdentifier),
        authorityKeyIdentifier(keyIdentifier),
      ],
    },
    privateKey,
  );
  const certificate = toPem('CERTIFICATE', der);
  const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' });
  await insertAuthority(tx, {
    id,
    certificate,
    private_key: deps.vault.seal(authorityKeyPurpose, id, pkcs8),
    crl_number: 0,
    crl: null,
    crl_revoked_count: 0,
    crl_this_update: 0,
    crl_next_update: 0,
    created_at: now,
  });
  return { id, certificate };
}
