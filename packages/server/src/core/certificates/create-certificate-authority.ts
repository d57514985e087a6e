// Makes a root and an intermediate below it, that signs what is issued: at the first start, and when an administrator wants new ones.
import { generateKeyPairSync } from 'node:crypto';
import type { Tx } from '#db/db.ts';
import { type IdSource, uuid4 } from '#platform/id.ts';
import type { Vault } from '#platform/vault.ts';
import { authorityKeyPurpose } from './authority.ts';
import { insertAuthority } from './authority-store.ts';
import {
  type BuiltAuthority,
  buildIntermediate,
  buildRoot,
  intermediateName,
  type KeyPair,
  type Root,
  rootName,
} from './build-authority.ts';
import { keyIdentifierOf } from './certificate.ts';
import { insertCertificate } from './certificate-store.ts';
import { revocationListUrl } from './public-places.ts';

export interface CreateAuthorityDeps extends IdSource {
  readonly vault: Vault;
  readonly publicUrl: string;
}

/**
 * P-256, unless keys are given.
 * @param installationName shown in the subjects; cut when too long for a common name.
 * @returns ids of both.
 */
export async function createCertificateAuthority(
  tx: Tx,
  deps: CreateAuthorityDeps,
  installationName: string,
  keys: { readonly root: KeyPair; readonly intermediate: KeyPair } = { root: p256(), intermediate: p256() },
): Promise<{ readonly rootId: string; readonly id: string }> {
  const rootId = uuid4(deps.random);
  const built = buildRoot(deps, rootName(installationName), keys.root);
  const kept = { created_at: deps.clock.now(), certificate: built.pem, issuers: '[]' };
  const private_key = sealKey(deps, rootId, keys.root);
  await insertAuthority(tx, { ...kept, id: rootId, kind: 'root', private_key });
  const root = {
    ...built,
    id: rootId,
    keyIdentifier: keyIdentifierOf(keys.root.publicKey),
    privateKey: keys.root.privateKey,
    chain: [built.pem],
  };
  const { id } = await addIntermediate(tx, deps, { installationName, root, keys: keys.intermediate });
  return { rootId, id };
}

export interface Adding {
  readonly installationName: string;
  readonly root: Root & { readonly id: string; readonly chain: readonly string[] };
  readonly keys: KeyPair;
}

/** A new intermediate below a root whose key is here; from now on it signs. */
export async function addIntermediate(
  tx: Tx,
  deps: CreateAuthorityDeps,
  { installationName, root, keys }: Adding,
): Promise<{ readonly id: string; readonly pem: string }> {
  const id = uuid4(deps.random);
  const built = buildIntermediate(deps, root, {
    subject: intermediateName(id, installationName),
    publicKey: keys.publicKey,
    revocationListUrl: revocationListUrl(deps.publicUrl, root.id),
  });
  await insertAuthority(tx, {
    ...{ id, kind: 'intermediate', certificate: built.pem, issuers: JSON.stringify(root.chain) },
    ...{ private_key: sealKey(deps, id, keys), created_at: deps.clock.now() },
  });
  await insertCertificate(tx, certificateRow(built, root.id));
  return { id, pem: built.pem };
}

/** So that it can be revoked, and stands on the root's list then. */
const certificateRow = ({ serial, pem, notBefore, notAfter }: BuiltAuthority, rootId: string) => ({
  ...{ serial, pem, authority_id: rootId, device_id: '', subject: 'Countersign Issuing CA' },
  ...{ not_before: notBefore, not_after: notAfter, revoked_at: null, revocation_reason: null },
});

export const sealKey = ({ vault }: { readonly vault: Vault }, id: string, { privateKey }: KeyPair): string =>
  vault.seal(authorityKeyPurpose, id, privateKey.export({ format: 'der', type: 'pkcs8' }));

const p256 = (): KeyPair => generateKeyPairSync('ec', { namedCurve: 'P-256' });
