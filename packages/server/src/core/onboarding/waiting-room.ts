// How many may wait for an administrator: anybody can say to be anybody, and the list that people look through must not be flooded.
import type { Read } from '#db/db.ts';
import type { ProcessRow } from './process.ts';

const maxWaiting = 500;
/** Of those whom nothing has shown to be a user, from one address. */
const maxUnknownFromAddress = 20;
/** Of one user: who knows the password neither fills the list nor wakes the user's devices again and again. */
const maxOfUser = 10;

/** Whether one more may wait. */
export async function hasRoomToWait(
  read: Read,
  { id, application_id, user_id }: ProcessRow,
  address: string,
): Promise<boolean> {
  const others = read
    .selectFrom('onboarding_processes')
    .select((e) => e.fn.countAll<number>().as('count'))
    .where('application_id', '=', application_id)
    .where('waits_for', '=', 'administrator')
    .where('status', '=', 'open')
    .where('id', '<>', id);
  // Who has met something is never turned away for strangers.
  if (user_id !== null) {
    const own = await others.where('user_id', '=', user_id).executeTakeFirstOrThrow();
    return Number(own.count) < maxOfUser;
  }
  const all = await others.executeTakeFirstOrThrow();
  if (Number(all.count) >= maxWaiting) return false;
  const near = await others
    .where('address', '=', address)
    .where('user_id', 'is', null)
    .executeTakeFirstOrThrow();
  return Number(near.count) < maxUnknownFromAddress;
}
