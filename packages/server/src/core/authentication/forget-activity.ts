// Lets old auth requests go, with their steps and evidence: nobody's logins are remembered for ever, and no disk is endless.
import type { Db } from '#db/db.ts';
import type { Clock } from '#platform/clock.ts';

/** Few enough that no login waits noticeably behind one batch. */
const batch = 500;
const dayMs = 86_400_000;

/** @param days after which an ended auth request is forgotten; 0 for never. @returns how many were forgotten */
export async function forgetActivity(deps: { db: Db; clock: Clock }, days: number): Promise<number> {
  if (days === 0) return 0;
  const before = deps.clock.now() - days * dayMs;
  let forgotten = 0;
  for (;;) {
    const ids = await oldest(deps.db, before);
    if (ids.length === 0) return forgotten;
    await deps.db.write(async (tx) => {
      await tx.deleteFrom('evidence').where('auth_request_id', 'in', ids).execute();
      await tx.deleteFrom('auth_requests').where('id', 'in', ids).execute();
    });
    forgotten += ids.length;
  }
}

async function oldest(db: Db, before: number): Promise<string[]> {
  const rows = await db.read
    .selectFrom('auth_requests')
    .select('id')
    .where('created_at', '<', before)
    .where('status', '<>', 'pending')
    .orderBy('id')
    .limit(batch)
    .execute();
  return rows.map(({ id }) => id);
}
