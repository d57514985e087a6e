// Users whose phones sign administrators in: who binds a device to one of them decides who gets into the console.
import type { Actor } from '#core/audit/record-audit.ts';
import type { Read, Tx } from '#db/db.ts';
import { Problem } from '#platform/problem.ts';
import type { Grantor } from '#core/permissions/grantor.ts';
import { refuseRoleBeyond } from './refuse-role-beyond.ts';

/**
 * Nobody but the administrator and whoever may change that administrator hands out a device that could answer for them.
 * @throws Problem forbidden
 */
export async function refusePhoneOfOther(
  read: Read,
  actor: Actor,
  grantor: Grantor,
  userId: string,
): Promise<void> {
  if (grantor === 'everything') return;
  const rows = await read
    .selectFrom('administrators')
    .select(['id', 'role'])
    .where('phone_user_id', '=', userId)
    .execute();
  for (const { id, role } of rows) {
    if (actor.kind === 'administrator' && actor.id === id) continue;
    if (!grantor.scopes.includes('administrators'))
      throw new Problem(
        'forbidden',
        'the user’s phone signs an administrator in: only that administrator or an owner may bind a device',
      );
    refuseRoleBeyond(grantor, role);
  }
}

/** Links that are under way are no longer good: whoever has one would answer for the administrator. @returns how many there were */
export async function withdrawLinksOf(tx: Tx, userId: string): Promise<number> {
  const rows = await tx
    .deleteFrom('onboarding_links')
    .where('user_id', '=', userId)
    .where('used_at', 'is', null)
    .returning('id')
    .execute();
  return rows.length;
}
