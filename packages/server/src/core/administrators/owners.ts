// There is always an owner who can get in: whoever takes one away waits for everybody else who does.
import type { Tx } from '#db/db.ts';
import { Problem } from '#platform/problem.ts';
import { type AdministratorFacts, wayIn } from './administrator.ts';

/** Until the transaction ends nobody else changes who is an owner: one row stands for all of them, on whichever node. */
export async function lockOwners(tx: Tx): Promise<void> {
  await tx.updateTable('installation').set({ singleton: 1 }).execute();
}

/**
 * To be asked while owners are locked, of an owner who is about to be none.
 * @throws Problem last_owner when nobody else is an owner who is enabled and can get in.
 */
export async function refuseLastOwner(tx: Tx, owner: AdministratorFacts): Promise<void> {
  const counts = owner.enabled === 1 && owner.role === 'owner' && canGetIn(owner);
  if (!counts) return;
  const other = await tx
    .selectFrom('administrators as a')
    .select('a.id')
    .where('a.role', '=', 'owner')
    .where('a.enabled', '=', 1)
    .where('a.kind', '=', 'local')
    .where('a.id', '!=', owner.id)
    .where((e) =>
      e.or([
        e('a.password_hash', 'is not', null),
        e.exists(e.selectFrom('passkeys as k').select('k.id').whereRef('k.administrator_id', '=', 'a.id')),
      ]),
    )
    .limit(1)
    .executeTakeFirst();
  if (!other) throw new Problem('last_owner');
}

const canGetIn = (owner: AdministratorFacts): boolean =>
  wayIn({
    hasPassword: owner.password_hash !== null,
    passkeys: owner.passkey_count,
    hasPhone: owner.phone_user_id !== null,
  }) !== 'none';
