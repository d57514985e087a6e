// SQL of imports: what is known of each, and its rows in pieces, sealed since passwords may be among them.
import type { UserImport } from '@countersign/contract/user-files.ts';
import type { Read, Tx } from '#db/db.ts';
import type { Vault } from '#platform/vault.ts';
import type { FileUser } from './file-user.ts';
import { failureOf } from './user-import.ts';

const underWay = ['reading', 'importing'] as const;

export async function insertImport(tx: Tx, runner: string, shown: UserImport): Promise<void> {
  const { id, application_id, state, created_at } = shown;
  const times = { created_at, touched_at: created_at };
  await tx
    .insertInto('user_imports')
    .values({ id, application_id, state, runner, document: JSON.stringify(shown), ...times })
    .execute();
}

/** @param now epoch milliseconds. @returns whether it is there still */
export async function updateImport(tx: Tx, runner: string, shown: UserImport, now: number): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('user_imports')
    .set({ state: shown.state, runner, document: JSON.stringify(shown), touched_at: now })
    .where('id', '=', shown.id)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Undefined also for one that the caller may not see. */
export async function selectImport(
  read: Read,
  visible: string | null,
  id: string,
): Promise<UserImport | undefined> {
  let query = read.selectFrom('user_imports').select('document').where('id', '=', id);
  if (visible !== null) query = query.where('application_id', '=', visible);
  const row = await query.executeTakeFirst();
  return row && (JSON.parse(row.document) as UserImport);
}

/** Takes one that is ready, for whoever comes first. */
export async function takeReady(tx: Tx, runner: string, id: string, now: number): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('user_imports')
    .set({ state: 'importing', runner, touched_at: now })
    .where('id', '=', id)
    .where('state', '=', 'ready')
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Whether one is under way that was touched since. */
export async function isOneUnderWay(tx: Read, since: number): Promise<boolean> {
  const row = await tx
    .selectFrom('user_imports')
    .select('id')
    .where('state', 'in', underWay)
    .where('touched_at', '>=', since)
    .executeTakeFirst();
  return row !== undefined;
}

export async function removeImport(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('user_imports').where('id', '=', id).execute();
}

export const removePieces = (tx: Tx, id: string): Promise<unknown> =>
  tx.deleteFrom('user_import_pieces').where('import_id', '=', id).execute();

/** Those that nobody works on any more have failed. @param of of this runner whenever it was touched, or of any not touched since */
export async function failAbandoned(
  tx: Tx,
  of: { readonly runner: string } | { readonly before: number },
): Promise<void> {
  let query = tx.selectFrom('user_imports').select(['id', 'document']).where('state', 'in', underWay);
  query = 'runner' in of ? query.where('runner', '=', of.runner) : query.where('touched_at', '<', of.before);
  for (const { id, document } of await query.execute()) {
    const shown = JSON.parse(document) as UserImport;
    const failed = { ...shown, state: 'failed' as const, failure: failureOf('interrupted') };
    await tx
      .updateTable('user_imports')
      .set({ state: 'failed', document: JSON.stringify(failed) })
      .where('id', '=', id)
      .execute();
    await removePieces(tx, id);
  }
}

/** @param ready not started since. @param ended ended before */
export async function forgetImports(tx: Tx, ready: number, ended: number): Promise<void> {
  await tx
    .deleteFrom('user_imports')
    .where((e) =>
      e.or([
        e.and([e('state', '=', 'ready'), e('touched_at', '<', ready)]),
        e.and([e('state', 'in', ['done', 'failed']), e('touched_at', '<', ended)]),
      ]),
    )
    .execute();
}

const purpose = 'user-import';

export function writePiece(
  vault: Vault,
  id: string,
  number: number,
  users: readonly FileUser[],
): { import_id: string; number: number; passwords: number; content: string } {
  const plain = Buffer.from(JSON.stringify(users));
  return {
    import_id: id,
    number,
    passwords: users.filter(({ password }) => password !== undefined).length,
    content: vault.seal(purpose, `${id} ${number}`, plain),
  };
}

/** Undefined behind the last one. */
export async function readPiece(
  read: Read,
  vault: Vault,
  id: string,
  number: number,
): Promise<readonly FileUser[] | undefined> {
  const row = await read
    .selectFrom('user_import_pieces')
    .select('content')
    .where('import_id', '=', id)
    .where('number', '=', number)
    .executeTakeFirst();
  if (!row) return undefined;
  const plain = Buffer.from(vault.open(purpose, `${id} ${number}`, row.content));
  return JSON.parse(plain.toString()) as FileUser[];
}
