// The user source by which administrators come in: whoever changes it decides who gets in as what, so only those do who may decide that.
import { mayRole } from '@countersign/contract/roles.ts';
import type { Actor } from '#core/audit/record-audit.ts';
import type { Read } from '#db/db.ts';
import { Problem } from '#platform/problem.ts';

/** @throws Problem forbidden, for one by which administrators come in, unless the actor is the command line or may change administrators */
export async function refuseAdministratorsSource(read: Read, actor: Actor, sourceId: string): Promise<void> {
  const used = await read
    .selectFrom('administrator_directory')
    .select('singleton')
    .where('source_id', '=', sourceId)
    .executeTakeFirst();
  if (!used || actor.kind === 'console' || (await mayDecide(read, actor))) return;
  throw new Problem(
    'forbidden',
    'administrators sign in to the console by this user source: only an owner may change it',
  );
}

async function mayDecide(read: Read, actor: Actor): Promise<boolean> {
  if (actor.kind === 'administrator') {
    const row = await read
      .selectFrom('administrators')
      .select('role')
      .where('id', '=', actor.id)
      .executeTakeFirst();
    return row !== undefined && mayRole(row.role, 'administrators', 'changes');
  }
  if (actor.kind !== 'api_client') return false;
  const row = await read
    .selectFrom('api_clients')
    .select(['scopes', 'application_id'])
    .where('id', '=', actor.id)
    .executeTakeFirst();
  return row?.application_id === null && row.scopes.split(' ').includes('administrators');
}
