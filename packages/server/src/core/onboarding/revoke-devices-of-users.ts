// Takes away all devices of many users: each must be onboarded again.
import type { UsersResult } from '@countersign/contract/overview-models.ts';
import type { Actor, AuditDeps } from '#core/audit/record-audit.ts';
import { revokeDevice } from '#core/devices/revoke-device.ts';
import { eachUser } from '#core/users/each-user.ts';
import { requireUser } from '#core/users/get-user.ts';
import type { Db, Read } from '#db/db.ts';

/** @param visible id of the only application that the caller may see; null for all. @throws Unavailable */
export const revokeDevicesOfUsers = (
  deps: AuditDeps & { readonly db: Db },
  actor: Actor,
  visible: string | null,
  { user_ids }: { readonly user_ids: readonly string[] },
): Promise<UsersResult> =>
  eachUser(user_ids, async (id) => {
    await requireUser(deps.db.read, visible, id);
    for (const device of await devicesInUse(deps.db.read, id))
      await revokeDevice(deps, actor, visible, device);
  });

async function devicesInUse(read: Read, userId: string): Promise<readonly string[]> {
  const rows = await read
    .selectFrom('devices')
    .select('id')
    .where('user_id', '=', userId)
    .where('revoked_at', 'is', null)
    .execute();
  return rows.map(({ id }) => id);
}
