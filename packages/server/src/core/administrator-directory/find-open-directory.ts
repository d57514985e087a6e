// The directory by which administrators come in, while it may be asked.
import type { Read } from '#db/db.ts';
import type { Vault } from '#platform/vault.ts';
import { type OpenDirectory, openDirectory } from './administrator-directory.ts';
import { findDirectorySource, readDirectoryRow } from './administrator-directory-store.ts';

interface FindDeps {
  readonly db: { readonly read: Read };
  readonly vault: Vault;
}

/** @returns undefined when it is switched off, or its user source is */
export async function findOpenDirectory(deps: FindDeps): Promise<OpenDirectory | undefined> {
  const kept = await findKeptDirectory(deps);
  return kept?.isOn === true ? kept.directory : undefined;
}

/** Also while it is switched off. @returns undefined when none was chosen, or its user source is disabled */
export async function findKeptDirectory({
  db,
  vault,
}: FindDeps): Promise<{ readonly isOn: boolean; readonly directory: OpenDirectory } | undefined> {
  const row = await readDirectoryRow(db.read);
  if (row.source_id === null) return undefined;
  const source = await findDirectorySource(db.read, row.source_id);
  if (source?.enabled !== 1) return undefined;
  return { isOn: row.enabled === 1, directory: openDirectory(row, source, vault) };
}
