// SQL of OpenID providers.
import type { OpenidProvider } from '@countersign/contract/openid-models.ts';
import { sql, type Updateable } from 'kysely';
import type { Read, Tx } from '#db/db.ts';
import type { OpenidProviderTable } from '#db/openid-tables.ts';
import { Problem } from '#platform/problem.ts';
import { type OpenidProviderRow, toOpenidProvider } from './openid-provider.ts';

export async function insertProvider(tx: Tx, row: OpenidProviderRow): Promise<void> {
  await tx.insertInto('openid_providers').values(row).execute();
}

/** Oldest first. */
export const selectProviders = (read: Read, applicationId: string): Promise<OpenidProviderRow[]> =>
  read
    .selectFrom('openid_providers')
    .selectAll()
    .where('application_id', '=', applicationId)
    .orderBy('id')
    .execute();

/** Those that people can log in at. */
export const enabledProviders = async (read: Read, applicationId: string): Promise<OpenidProviderRow[]> =>
  (await selectProviders(read, applicationId)).filter(({ enabled }) => enabled === 1);

export const findProvider = (read: Read, id: string): Promise<OpenidProviderRow | undefined> =>
  read.selectFrom('openid_providers').selectAll().where('id', '=', id).executeTakeFirst();

/** @param visible id of the only application that the caller may see; null for all. @throws Problem not_found */
export async function requireProvider(
  read: Read,
  visible: string | null,
  id: string,
): Promise<OpenidProviderRow> {
  const row = await findProvider(read, id);
  if (!row || (visible !== null && row.application_id !== visible)) throw new Problem('not_found');
  return row;
}

/** Only as it was read: what somebody else changed meanwhile is not overwritten. */
export const updateProvider = (
  tx: Tx,
  { id, revision }: Pick<OpenidProviderRow, 'id' | 'revision'>,
  set: Updateable<OpenidProviderTable>,
): Promise<OpenidProviderRow | undefined> =>
  tx
    .updateTable('openid_providers')
    .set({ ...set, revision: sql<number>`revision + 1` })
    .where('id', '=', id)
    .where('revision', '=', revision)
    .returningAll()
    .executeTakeFirst();

/** @returns whether there was one. */
export async function removeProvider(tx: Tx, id: string): Promise<boolean> {
  const { numDeletedRows } = await tx.deleteFrom('openid_providers').where('id', '=', id).executeTakeFirst();
  return numDeletedRows > 0n;
}

/** As the API shows it. */
export async function showProvider(
  read: Read,
  row: OpenidProviderRow,
  publicUrl: string,
): Promise<OpenidProvider> {
  const { users } = await read
    .selectFrom('openid_provider_users')
    .select((e) => e.fn.countAll<number>().as('users'))
    .where('provider_id', '=', row.id)
    .executeTakeFirstOrThrow();
  return toOpenidProvider(row, publicUrl, Number(users));
}
