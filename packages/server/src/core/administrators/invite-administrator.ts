// Begins anew with an administrator who lost phone or passkey, or whose password somebody else may know: everything goes, a link comes.
import type { Invitation } from '@countersign/contract/administrator-models.ts';
import { type Actor, recordAudit } from '#core/audit/record-audit.ts';
import { refuseOfDirectory } from './administrator.ts';
import { lockAdministrator, updateAdministrator } from './administrator-store.ts';
import type { InviteDeps } from './create-administrator.ts';
import type { Grantor } from '#core/permissions/grantor.ts';
import { refuseRoleBeyond } from './refuse-role-beyond.ts';
import { removePasskeysOf } from './passkey-store.ts';
import { removeSessionsOf } from './session-store.ts';
import { createInvitation, linkOf } from './setup-link.ts';

/**
 * Takes password, passkeys, phone and sessions away. Not refused for the last owner: the link leads back in, and so does
 * `countersign setup-link`.
 * @throws Problem not_found, kept_in_directory (whoever is deleted begins anew at the next sign-in), forbidden (the administrator is stronger than the grantor)
 */
export async function inviteAdministrator(
  deps: InviteDeps,
  actor: Actor,
  grantor: Grantor,
  id: string,
): Promise<Invitation> {
  return deps.db.write(async (tx) => {
    const now = deps.clock.now();
    const row = await lockAdministrator(tx, id, now);
    refuseRoleBeyond(grantor, row.role);
    refuseOfDirectory(row);
    await removePasskeysOf(tx, id);
    const ended = await removeSessionsOf(tx, id);
    await updateAdministrator(tx, id, { password_hash: null, phone_user_id: null, updated_at: now });
    const { token, expiresAt } = await createInvitation(tx, deps, id);
    await recordAudit(tx, deps, {
      event: 'administrator.invited',
      actor,
      subjectId: id,
      data: {
        sessions: ended,
        passkeys: row.passkey_count,
        had_password: row.password_hash !== null,
        had_phone: row.phone_user_id !== null,
      },
    });
    return { invitation_link: linkOf(deps.publicUrl, 'invitation', token), expires_at: expiresAt };
  });
}
