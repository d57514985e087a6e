// Where the certificates of devices come from, as it is stored; secrets opened for use.
import { createPrivateKey } from 'node:crypto';
import type { CertificateSource, ScepSource } from '@countersign/contract/certificate-source-models.ts';
import { selectAuthority } from '#core/certificates/authority-store.ts';
import type { Db } from '#db/db.ts';
import { Secret } from '#platform/secret.ts';
import type { Vault } from '#platform/vault.ts';
import { findSource, type SourceRow } from './certificate-source-store.ts';
import type { OwnRegistrar, ScepAuthority, ScepPlace } from './scep-client.ts';

export const sourceSecretPurpose = 'certificate-source';
export const registrarKeyPurpose = 'certificate-source-registrar';
/** There is one source. */
export const sourceOwner = 'scep';

export type ScepFields = Omit<ScepSource, 'from' | 'secret'>;

/** A third party's authority, ready to be asked. */
export interface OpenSource {
  readonly revision: number;
  readonly authorityId: string;
  readonly place: ScepPlace;
  readonly authority: ScepAuthority;
  readonly registrar: OwnRegistrar;
}

/** Null: the installation's own authority issues. */
export async function openSource(deps: {
  readonly db: Db;
  readonly vault: Vault;
}): Promise<OpenSource | null> {
  const row = await findSource(deps.db.read);
  if (!row || row.authority_id === null) return null;
  const authority = await selectAuthority(deps.db.read, row.authority_id);
  if (!authority) throw new Error('the third party’s authority is missing');
  const pkcs8 = Buffer.from(deps.vault.open(registrarKeyPurpose, sourceOwner, row.registrar_key));
  return {
    revision: row.revision,
    authorityId: row.authority_id,
    place: placeOf(row, deps.vault),
    authority: {
      certificate: authority.certificate,
      issuers: JSON.parse(authority.issuers) as string[],
      registrars: JSON.parse(row.registrars) as string[],
    },
    registrar: {
      certificate: row.registrar_certificate,
      privateKey: createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }),
    },
  };
}

/** Settings of earlier releases say nothing of SHA-1. */
export const fieldsOf = (row: SourceRow): ScepFields => ({
  accept_sha1_answers: false,
  ...(JSON.parse(row.settings) as Omit<ScepFields, 'accept_sha1_answers'>),
});

const placeOf = (row: SourceRow, vault: Vault): ScepPlace => ({
  ...fieldsOf(row),
  secret: openSecret(row, vault),
});

export const openSecret = ({ secret }: SourceRow, vault: Vault): Secret | null =>
  secret === null
    ? null
    : new Secret(Buffer.from(vault.open(sourceSecretPurpose, sourceOwner, secret)).toString());

/** As the API shows it. @param visible null; a caller who is limited to one application sees that there is one, not which */
export async function getCertificateSource(
  { db }: { readonly db: Db },
  visible: string | null,
): Promise<CertificateSource> {
  const row = await findSource(db.read);
  return showSource(visible === null ? row : undefined);
}

export function showSource(row: SourceRow | undefined): CertificateSource {
  if (!row) return { from: 'own', scep: null, changed_at: null };
  if (row.authority_id === null) return { from: 'own', scep: null, changed_at: row.changed_at };
  const scep = {
    ...fieldsOf(row),
    has_secret: row.secret !== null,
    authority_id: row.authority_id,
    registrar_certificate: row.registrar_certificate,
  };
  return { from: 'scep', scep, changed_at: row.changed_at };
}
