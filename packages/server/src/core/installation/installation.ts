// The installation: one row that says whose database this is and which master key opens its secrets.
import { createSetupLink } from '#core/administrators/setup-link.ts';
import { type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import { createCertificateAuthority } from '#core/certificates/create-certificate-authority.ts';
import type { Db, Read } from '#db/db.ts';
import { uuid4 } from '#platform/id.ts';
import { hashToken } from '#platform/secret.ts';

export interface Installation {
  readonly id: string;
  readonly name: string;
  /** Short public name of the master key. */
  readonly key_id: string;
  readonly created_at: number;
}

/** Tells one installation from another to whoever may ask; the id itself stays inside. */
export const installationDigest = ({ id }: Pick<Installation, 'id'>): string =>
  hashToken(`installation ${id}`).slice(0, 16);

export const findInstallation = (read: Read): Promise<Installation | undefined> =>
  read.selectFrom('installation').select(['id', 'name', 'key_id', 'created_at']).executeTakeFirst();

/**
 * Writes the installation and its certificate authority, once: of two nodes that start at the same time, one does it.
 * @returns the first setup link's token when this call made the installation, else undefined
 */
export async function createInstallation(
  deps: AuditDeps & { readonly db: Db; readonly publicUrl: string },
): Promise<string | undefined> {
  const name = new URL(deps.publicUrl).hostname;
  const made = await deps.db.write(async (tx) => {
    const row = await tx
      .insertInto('installation')
      .values({
        singleton: 1,
        id: uuid4(deps.random),
        name,
        key_id: deps.vault.keyId,
        created_at: deps.clock.now(),
      })
      .onConflict((c) => c.column('singleton').doNothing())
      .returning('id')
      .executeTakeFirst();
    if (!row) return false;
    await createCertificateAuthority(tx, deps, name);
    await recordAudit(tx, deps, {
      event: 'installation.created',
      actor: { kind: 'system' },
      subjectId: row.id,
    });
    return true;
  });
  if (!made) return undefined;
  const { token } = await createSetupLink(deps, { kind: 'system' });
  return token;
}
