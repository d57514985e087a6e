// Shows by which directory administrators come in.
import type { AdministratorDirectory } from '@countersign/contract/administrator-directory-models.ts';
import { requireInstallationWide } from '#core/permissions/require-installation-wide.ts';
import type { Db, Read } from '#db/db.ts';
import { type DirectoryRow, type RoleByDirectory, roleGroupsOf } from './administrator-directory.ts';
import { readDirectoryRow, selectDirectorySources } from './administrator-directory-store.ts';

/** @param visible id of the application that the caller is limited to; such a caller is refused. @throws Problem forbidden */
export async function getAdministratorDirectory(
  { db }: { readonly db: Db },
  visible: string | null,
): Promise<AdministratorDirectory> {
  requireInstallationWide(visible);
  return showDirectory(db.read, await readDirectoryRow(db.read));
}

export async function showDirectory(read: Read, row: DirectoryRow): Promise<AdministratorDirectory> {
  const sources = await selectDirectorySources(read);
  return {
    ...fieldsOf(row),
    sources: sources.map((source) => ({ ...source, enabled: source.enabled === 1 })),
    changed_at: row.changed_at,
  };
}

/** What can be changed. */
export function fieldsOf(row: DirectoryRow): Omit<AdministratorDirectory, 'sources' | 'changed_at'> {
  const all = roleGroupsOf(row);
  const groupsOf = (wanted: RoleByDirectory): string[] =>
    all.filter(({ role }) => role === wanted).map(({ group }) => group);
  return {
    enabled: row.enabled === 1,
    source_id: row.source_id,
    administrator_groups: groupsOf('administrator'),
    helpdesk_groups: groupsOf('helpdesk'),
    auditor_groups: groupsOf('auditor'),
  };
}
