// Where in a directory people and groups are looked for.
import type { DirectorySettings } from '#core/user-sources/directory.ts';
import { isWithin, nameKey } from './distinguished-name.ts';
import { textOf } from './entry-values.ts';
import { DirectoryRefused } from './failure.ts';
import type { HostSession, RootEntry } from './host-session.ts';
import { equals } from './person-filter.ts';
import type { Remembered } from './remembered.ts';

const rootMs = 600_000;

export interface Bases {
  readonly people: string;
  /** The whole tree in which people stand: groups are often beside them. */
  readonly groups: string;
  readonly root: RootEntry;
}

/** @throws DirectoryRefused when the settings name none and the server has none of its own */
export async function findBases(
  settings: DirectorySettings,
  session: HostSession,
  remembered: Remembered,
): Promise<Bases> {
  const root = await remembered.get('root', rootMs, () => session.readRoot());
  const own = settings.base_dn.trim();
  const people = own !== '' || settings.kind === 'ldap' ? own : root.domainBase;
  if (people === '')
    throw new DirectoryRefused('base_read', 'the user source names no base, and the server tells none');
  const key = nameKey(people);
  const above = root.bases.filter((base) => base !== '' && isWithin(key, nameKey(base)));
  const groups = root.domainBase || above.toSorted((a, b) => a.length - b.length)[0] || people;
  return { people, groups, root };
}

/** The short name of a domain, as in `CORP\alice`; empty when it cannot be found. */
export async function findNetbiosName(
  session: HostSession,
  remembered: Remembered,
  { root }: Bases,
): Promise<string> {
  if (root.configurationBase === '') return '';
  return remembered.get('netbios', rootMs, async () => {
    const { entries } = await session.search({
      base: `CN=Partitions,${root.configurationBase}`,
      scope: 'one',
      filter: equals('nCName', root.domainBase),
      attributes: ['nETBIOSName'],
      most: 1,
    });
    return entries[0] ? textOf(entries[0], 'nETBIOSName') : '';
  });
}
