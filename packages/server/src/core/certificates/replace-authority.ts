// Puts a new authority in the place of the one that signs: below the root when its key is here, or with a new root. What was issued
// before stays good, and devices renew their certificates under the new one by themselves.
import type { AuthorityKey } from '@countersign/contract/authority-models.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { Db, Tx } from '#db/db.ts';
import { Problem } from '#platform/problem.ts';
import { type Authorities, type CertificateAuthority, chainOf, isOpen } from './authority.ts';
import { newKeyPair } from './build-authority.ts';
import {
  addIntermediate,
  type CreateAuthorityDeps,
  createCertificateAuthority,
} from './create-certificate-authority.ts';

export type ReplaceAuthorityDeps = AuditDeps &
  CreateAuthorityDeps & { readonly db: Db; readonly authorities: Pick<Authorities, 'all'> };

/** @returns the id of the new one. @throws Problem authority_key_away */
export async function replaceAuthority(
  deps: ReplaceAuthorityDeps,
  actor: Actor,
  { key, new_root: newRoot }: { readonly key: AuthorityKey; readonly new_root: boolean },
): Promise<string> {
  const root = newRoot ? undefined : await findRoot(deps.authorities);
  const keys = { root: await newKeyPair(key), intermediate: await newKeyPair(key) };
  const installationName = new URL(deps.publicUrl).hostname;
  const make = async (tx: Tx) =>
    root
      ? addIntermediate(tx, deps, {
          installationName,
          root: { ...root, chain: chainOf(root) },
          keys: keys.intermediate,
        })
      : createCertificateAuthority(tx, deps, installationName, keys);
  return deps.db.write(async (tx) => {
    const { id } = await make(tx);
    const data = { key, root: root === undefined };
    await recordAudit(tx, deps, { event: 'certificate_authority.created', actor, subjectId: id, data });
    return id;
  });
}

/** The newest root; undefined where there was never one. @throws Problem authority_key_away */
async function findRoot(authorities: Pick<Authorities, 'all'>): Promise<CertificateAuthority | undefined> {
  const root = (await authorities.all()).find(({ kind }) => kind === 'root');
  if (root && !isOpen(root))
    throw new Problem(
      'authority_key_away',
      'the root’s key was taken away; make a request for it to sign, or a new root',
    );
  return root;
}
