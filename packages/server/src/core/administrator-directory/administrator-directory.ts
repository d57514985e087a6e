// By which directory administrators come into the console: which groups give which role, and how the directory is asked for them.
import { rolesByDirectory } from '@countersign/contract/roles.ts';
import type { Selectable } from 'kysely';
import type { DirectorySettings, DirectoryUser } from '#core/user-sources/directory.ts';
import { directorySettings, type UserSourceRow } from '#core/user-sources/user-source.ts';
import type { AdministratorDirectoryTable } from '#db/administration-tables.ts';
import type { Vault } from '#platform/vault.ts';

export type DirectoryRow = Selectable<AdministratorDirectoryTable>;
export type RoleByDirectory = (typeof rolesByDirectory)[number];

export interface RoleGroup {
  readonly group: string;
  readonly role: RoleByDirectory;
}

/** Only this room wrote it. */
export const roleGroupsOf = ({
  role_groups: text,
}: Pick<DirectoryRow, 'role_groups'>): readonly RoleGroup[] => JSON.parse(text) as RoleGroup[];

/** A directory that can be asked now. */
export interface OpenDirectory {
  readonly revision: number;
  /** Of the user source. */
  readonly sourceId: string;
  readonly settings: DirectorySettings;
  /** Of the user source, for people. */
  readonly name: string;
}

/**
 * Asked for by itself, not as the user source: with its own connections and groups. What the source demands of users of its application
 * says nothing about administrators, and what it keeps for outages is nothing to let an administrator in by.
 */
export function openDirectory(row: DirectoryRow, source: UserSourceRow, vault: Vault): OpenDirectory {
  const settings = directorySettings(source, vault);
  return {
    revision: row.revision,
    sourceId: source.id,
    name: source.name,
    settings: {
      ...settings,
      id: `${source.id} administrators`,
      // Both only go up, so that no two states of the two have the same.
      revision: source.revision + row.revision,
      mandatory_group: null,
      groups: roleGroupsOf(row).map(({ group, role }) => ({ group, team: role })),
    },
  };
}

/** The strongest that the groups give; undefined for nobody of ours. */
export const roleOf = ({ teams }: Pick<DirectoryUser, 'teams'>): RoleByDirectory | undefined =>
  rolesByDirectory.find((role) => teams.includes(role));
