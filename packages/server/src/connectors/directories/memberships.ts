// In which of the groups that count somebody is, directly or because one group is in another. Active Directory finds that out itself;
// elsewhere the way up is walked, as far as is reasonable.
import { AndFilter, ExtensibleFilter, type Filter, OrFilter } from 'ldapts';
import type { DirectorySettings } from '#core/user-sources/directory.ts';
import type { Bases } from './bases.ts';
import { nameKey } from './distinguished-name.ts';
import { numberOf, textOf, textsOf } from './entry-values.ts';
import { TooManyGroups, TooMuchToRead } from './failure.ts';
import { allGroups, type Group, mostGroups, type SourceGroups } from './find-groups.ts';
import type { HostSession } from './host-session.ts';
import { equals } from './person-filter.ts';
import { attributesOf } from './read-user.ts';
import type { DirectoryEntry } from './response.ts';

/** Keys of the groups that count and that the person is in. */
export type Memberships = ReadonlySet<string>;

export interface WayUp {
  readonly settings: DirectorySettings;
  readonly session: HostSession;
  readonly bases: Bases;
  readonly groups: SourceGroups;
  /** Groups above a group by its key, where they were asked for already; kept for one run. */
  readonly above: Map<string, readonly string[]>;
}

/** LDAP_MATCHING_RULE_IN_CHAIN of [MS-ADTS] 3.1.1.3.4.4.3. */
const inChain = '1.2.840.113556.1.4.1941';

/** Of the way up: groups in all, and groups in groups. Nobody is judged by a part of them. */
const walk = { groups: 1000, levels: 20 } as const;

/** @throws TooManyGroups */
export function membershipsOf(way: WayUp, entry: DirectoryEntry): Promise<Memberships> {
  if (allGroups(way.groups).length === 0) return Promise.resolve(new Set());
  return way.settings.kind === 'active_directory' ? askChain(way, entry) : walkUp(way, entry);
}

/** Who has to be in the mandatory group, is. */
export const isAdmitted = ({ mandatory }: SourceGroups, memberships: Memberships): boolean =>
  mandatory === undefined || memberships.has(mandatory.key);

export function teamsOf({ teams }: SourceGroups, memberships: Memberships): readonly string[] {
  const found = teams.filter(({ group }) => memberships.has(group.key)).map(({ team }) => team);
  return [...new Set(found)];
}

/** The primary group lists no members, so the chain does not lead to it. */
export const isPrimaryGroup = ({ relativeId }: Group, entry: DirectoryEntry): boolean =>
  relativeId !== undefined && numberOf(entry, 'primaryGroupID') === relativeId;

async function askChain({ session, bases, groups }: WayUp, entry: DirectoryEntry): Promise<Memberships> {
  const all = allGroups(groups);
  const { entries } = await session.search({
    base: bases.groups,
    scope: 'sub',
    filter: new AndFilter({
      filters: [
        new OrFilter({ filters: all.map(({ dn }) => equals('distinguishedName', dn)) }),
        new ExtensibleFilter({ rule: inChain, matchType: 'member', value: entry.dn }),
      ],
    }),
    attributes: ['1.1'],
    most: mostGroups + 1,
  });
  const primary = all.filter((group) => isPrimaryGroup(group, entry)).map(({ key }) => key);
  return new Set([...entries.map(({ dn }) => nameKey(dn)), ...primary]);
}

/** Members of the group, directly or not, as a condition for a search of people. */
export const isBelow = (group: Group): Filter => {
  const byChain = new ExtensibleFilter({ rule: inChain, matchType: 'memberOf', value: group.dn });
  if (group.relativeId === undefined) return byChain;
  return new OrFilter({ filters: [byChain, equals('primaryGroupID', String(group.relativeId))] });
};

async function walkUp(way: WayUp, entry: DirectoryEntry): Promise<Memberships> {
  const wanted = allGroups(way.groups);
  const seen = new Set<string>();
  let level = await directGroups(way, entry);
  for (let steps = 0; ; steps += 1) {
    const fresh = level.filter((dn) => !seen.has(nameKey(dn)));
    for (const dn of fresh) seen.add(nameKey(dn));
    if (seen.size > walk.groups) throw tooMany(entry);
    if (fresh.length === 0 || wanted.every(({ key }) => seen.has(key))) break;
    if (steps === walk.levels)
      throw new TooManyGroups(
        entry,
        `${entry.dn} is in groups that are in groups, more than ${walk.levels} levels up`,
      );
    level = await groupsAbove(way, entry, fresh);
  }
  return seen;
}

async function directGroups(way: WayUp, entry: DirectoryEntry): Promise<readonly string[]> {
  const username = textOf(entry, attributesOf(way.settings).username);
  const byName = new OrFilter({ filters: [...hasMember(entry.dn), equals('memberUid', username)] });
  return [...textsOf(entry, 'memberOf'), ...(await searchGroups(way, entry, byName))];
}

/** One level up; for groups that were met before, without asking. */
async function groupsAbove(
  way: WayUp,
  entry: DirectoryEntry,
  dns: readonly string[],
): Promise<readonly string[]> {
  const above: string[] = [];
  for (const dn of dns) above.push(...(way.above.get(nameKey(dn)) ?? []));
  for (const dn of dns.filter((each) => !way.above.has(nameKey(each)))) {
    const found = await searchGroups(way, entry, new OrFilter({ filters: [...hasMember(dn)] }));
    if (way.above.size < walk.groups * 10) way.above.set(nameKey(dn), found);
    above.push(...found);
  }
  return above;
}

const hasMember = (dn: string): readonly Filter[] => [equals('member', dn), equals('uniqueMember', dn)];

/** @throws TooManyGroups for the entry: whichever are left out, somebody would fall out of a team by that */
async function searchGroups(
  { session, bases }: WayUp,
  entry: DirectoryEntry,
  filter: Filter,
): Promise<readonly string[]> {
  const search = {
    base: bases.groups,
    scope: 'sub',
    filter,
    attributes: ['1.1'],
    most: walk.groups + 1,
  } as const;
  const { entries } = await session.search(search).catch((error: unknown) => {
    // The server's own limit may be less than ours.
    throw error instanceof TooMuchToRead ? new TooManyGroups(entry, `${entry.dn}: ${error.message}`) : error;
  });
  if (entries.length > walk.groups) throw tooMany(entry);
  return entries.map(({ dn }) => dn);
}

const tooMany = (entry: DirectoryEntry): TooManyGroups =>
  new TooManyGroups(entry, `${entry.dn} is in more than ${walk.groups} groups`);
