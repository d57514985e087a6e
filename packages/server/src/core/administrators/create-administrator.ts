// Creates an administrator, who gets in by an invitation link: nobody else ever knows the password.
import type { CreatedAdministrator, NewAdministrator } from '@countersign/contract/administrator-models.ts';
import { nameKey } from '@countersign/contract/text.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { Db } from '#db/db.ts';
import { asNameTaken } from '#db/taken.ts';
import { newId } from '#platform/id.ts';
import { toAdministrator } from './administrator.ts';
import { insertAdministrator, requireAdministrator } from './administrator-store.ts';
import type { Grantor } from '#core/permissions/grantor.ts';
import { refuseRoleBeyond } from './refuse-role-beyond.ts';
import { createInvitation, linkOf } from './setup-link.ts';

export interface InviteDeps extends AuditDeps {
  readonly db: Db;
  readonly publicUrl: string;
}

/** @throws Problem name_taken, forbidden (more than the grantor has) */
export async function createAdministrator(
  deps: InviteDeps,
  actor: Actor,
  grantor: Grantor,
  { username, role }: NewAdministrator,
): Promise<CreatedAdministrator> {
  refuseRoleBeyond(grantor, role);
  return deps.db
    .write(async (tx) => {
      const now = deps.clock.now();
      const id = newId(deps, 'adm');
      await insertAdministrator(tx, {
        id,
        username,
        username_key: nameKey(username),
        role,
        enabled: 1,
        password_hash: null,
        phone_user_id: null,
        last_signed_in_at: null,
        created_at: now,
        updated_at: now,
      });
      const { token } = await createInvitation(tx, deps, id);
      await recordAudit(tx, deps, {
        event: 'administrator.created',
        actor,
        subjectId: id,
        data: { username, role },
      });
      const made = toAdministrator(await requireAdministrator(tx, id, now));
      return { ...made, invitation_link: linkOf(deps.publicUrl, 'invitation', token) };
    })
    .catch(asNameTaken('username'));
}
