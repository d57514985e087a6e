// Makes an onboarding link for a user. The link itself is shown now and never again.
import type { CreatedOnboardingLink } from '@countersign/contract/models.ts';
import type { Grantor } from '#core/permissions/grantor.ts';
import { refusePhoneOfOther } from '#core/administrators/phone-users.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import { lockUser } from '#core/users/user-store.ts';
import type { Db } from '#db/db.ts';
import { newId } from '#platform/id.ts';
import { Problem } from '#platform/problem.ts';
import { readSetting, type SettingsDeps } from '#platform/settings.ts';
import { hashToken } from '#platform/secret.ts';
import { linkFor, newTicket, toOnboardingLink } from './onboarding-link.ts';
import { findApplicationOfUser, insertLink } from './onboarding-store.ts';

/**
 * @param grantor what the caller may hand on.
 * @throws Problem not_found when the caller sees no such user; forbidden for a user whose phone signs an administrator in.
 */
export async function createOnboardingLink(
  deps: AuditDeps & SettingsDeps & { readonly db: Db; readonly publicUrl: string },
  actor: Actor,
  visible: string | null,
  input: { readonly user_id: string; readonly valid_seconds?: number | undefined },
  grantor: Grantor,
): Promise<CreatedOnboardingLink> {
  const validSeconds = input.valid_seconds ?? (await readSetting(deps, 'onboarding_link_hours')) * 3600;
  const now = deps.clock.now();
  const ticket = newTicket(deps.random);
  const row = {
    id: newId(deps, 'lnk'),
    user_id: input.user_id,
    created_at: now,
    expires_at: now + validSeconds * 1000,
    used_at: null,
  };
  return deps.db.write(async (tx) => {
    const applicationId = await findApplicationOfUser(tx, visible, input.user_id);
    if (applicationId === undefined) throw new Problem('not_found');
    await lockUser(tx, deps.db.dialect, input.user_id);
    await refusePhoneOfOther(tx, actor, grantor, input.user_id);
    await insertLink(tx, { ...row, ticket_hash: hashToken(ticket) });
    await recordAudit(tx, deps, {
      event: 'onboarding_link.created',
      actor,
      applicationId,
      subjectId: row.id,
      data: { user_id: row.user_id, expires_at: row.expires_at },
    });
    return { ...toOnboardingLink(row), link: linkFor(deps.publicUrl, ticket) };
  });
}
