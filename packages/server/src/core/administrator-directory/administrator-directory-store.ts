// SQL of the one row that says by which directory administrators come in, and of the user sources that there are for it.
import { directoryKinds } from '@countersign/contract/user-source-words.ts';
import type { UserSourceRow } from '#core/user-sources/user-source.ts';
import type { Read, Tx } from '#db/db.ts';
import type { DirectoryRow } from './administrator-directory.ts';

const first: DirectoryRow = {
  singleton: 1,
  enabled: 0,
  source_id: null,
  role_groups: '[]',
  revision: 0,
  changed_at: null,
};

/** As it is before anybody changes it, when nobody has. */
export async function readDirectoryRow(read: Read): Promise<DirectoryRow> {
  return (await read.selectFrom('administrator_directory').selectAll().executeTakeFirst()) ?? first;
}

/** The same, while nobody else changes it or comes in by it until the transaction ends. */
export async function holdDirectoryRow(tx: Tx): Promise<DirectoryRow> {
  await tx
    .insertInto('administrator_directory')
    .values(first)
    .onConflict((conflict) => conflict.column('singleton').doNothing())
    .execute();
  await tx.updateTable('administrator_directory').set({ singleton: 1 }).execute();
  return readDirectoryRow(tx);
}

/** @returns undefined when there is none, or its directory tells of no groups */
export const findDirectorySource = (read: Read, id: string): Promise<UserSourceRow | undefined> =>
  read
    .selectFrom('user_sources')
    .selectAll()
    .where('id', '=', id)
    .where('kind', 'in', directoryKinds)
    .executeTakeFirst();

/** As many as anybody would choose from. */
const maxListed = 200;

export const selectDirectorySources = (read: Read) =>
  read
    .selectFrom('user_sources as s')
    .innerJoin('applications as p', 'p.id', 's.application_id')
    .select(['s.id', 's.name', 's.kind', 's.enabled', 'p.name as application_name'])
    .where('s.kind', 'in', directoryKinds)
    .$narrowType<{ readonly kind: (typeof directoryKinds)[number] }>()
    .orderBy('p.name_key')
    .orderBy('s.position')
    .orderBy('s.id')
    .limit(maxListed)
    .execute();

/** @returns how many sessions ended */
export async function removeSessionsByDirectory(tx: Tx): Promise<number> {
  const rows = await tx
    .deleteFrom('sessions')
    .where('administrator_id', 'in', (e) =>
      e.selectFrom('administrators').select('id').where('kind', '=', 'directory'),
    )
    .returning('id')
    .execute();
  return rows.length;
}
