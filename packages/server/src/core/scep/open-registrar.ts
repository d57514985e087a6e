// The registration authority (RFC 8894 2.1.2): an RSA key below the installation's authority that clients encrypt to and whose
// signature they check, since the authority's own key is no RSA key. It signs no certificates.
import { createPrivateKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { Authorities, CertificateAuthority } from '#core/certificates/authority.ts';
import {
  authorityKeyIdentifier,
  commonName,
  endEntityConstraints,
  keyIdentifierOf,
  keyUsage,
  newSerial,
  serialText,
  signCertificate,
  subjectKeyIdentifier,
} from '#core/certificates/certificate.ts';
import { insertCertificate } from '#core/certificates/certificate-store.ts';
import { fromCanonicalPem, toPem } from '#core/certificates/der.ts';
import type { Db } from '#db/db.ts';
import type { IdSource } from '#platform/id.ts';
import type { Vault } from '#platform/vault.ts';
import { findRegistrar, putRegistrar } from './scep-store.ts';

const dayMs = 86_400_000;
const lifeMs = 10 * 365 * dayMs;
/** Made anew when less is left: no certificate that it hands out should outlive the chain that clients keep. */
const leastLeftMs = 365 * dayMs;
const keyPurpose = 'scep-registrar';
const subject = 'Countersign SCEP';

export interface RegistrarDeps extends IdSource {
  readonly db: Db;
  readonly vault: Vault;
  readonly authorities: Pick<Authorities, 'current'>;
}

export interface Registrar {
  /** DER. */
  readonly certificate: Buffer;
  readonly serial: string;
  readonly privateKey: KeyObject;
}

/** @returns a function that gives the registrar of now, made if there is none */
export function openRegistrar(deps: RegistrarDeps): () => Promise<Registrar> {
  let open: Registrar | undefined;
  return async () => {
    const authority = await deps.authorities.current();
    const endsBefore = Math.min(deps.clock.now() + leastLeftMs, authority.notAfter);
    for (;;) {
      const row = await findRegistrar(deps.db.read, authority.id);
      if (!row || row.not_after < endsBefore) {
        await makeRegistrar(deps, authority, endsBefore);
        continue;
      }
      if (open?.serial === row.serial) return open;
      const pkcs8 = Buffer.from(deps.vault.open(keyPurpose, row.authority_id, row.private_key));
      const certificate = fromCanonicalPem('CERTIFICATE', row.certificate);
      if (!certificate) throw new Error('the SCEP registrar’s certificate cannot be read');
      const privateKey = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
      open = { certificate, serial: row.serial, privateKey };
      return open;
    }
  };
}

async function makeRegistrar(
  deps: RegistrarDeps,
  authority: CertificateAuthority,
  endsBefore: number,
): Promise<void> {
  const { clock, random } = deps;
  const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 3072 });
  const serial = newSerial(random);
  const notBefore = wholeSeconds(clock.now() - dayMs);
  const notAfter = wholeSeconds(Math.min(clock.now() + lifeMs, authority.notAfter));
  const der = signCertificate(
    {
      serial,
      issuer: authority.subject,
      subject: commonName(subject),
      publicKey: publicKey.export({ format: 'der', type: 'spki' }),
      notBefore,
      notAfter,
      extensions: [
        endEntityConstraints(),
        keyUsage('digitalSignature', 'keyEncipherment'),
        subjectKeyIdentifier(keyIdentifierOf(publicKey)),
        authorityKeyIdentifier(authority.keyIdentifier),
      ],
    },
    authority.privateKey,
  );
  const pem = toPem('CERTIFICATE', der);
  const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' });
  const row = {
    authority_id: authority.id,
    serial: serialText(serial),
    certificate: pem,
    private_key: deps.vault.seal(keyPurpose, authority.id, pkcs8),
    not_after: notAfter,
  };
  const dates = { not_before: notBefore, not_after: notAfter, revoked_at: null, revocation_reason: null };
  await deps.db.write(async (tx) => {
    if (!(await putRegistrar(tx, row, endsBefore))) return;
    const known = { serial: row.serial, authority_id: authority.id, device_id: '', pem };
    await insertCertificate(tx, { ...known, ...dates, subject: `CN=${subject}` });
  });
}

const wholeSeconds = (at: number): number => Math.floor(at / 1000) * 1000;
