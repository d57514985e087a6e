// Everybody whom a user source may bring in, page by page (RFC 2696): only one page is in memory, and the next one is asked for when it
// was taken.
import { AndFilter, type Filter, OrFilter } from 'ldapts';
import type { DirectorySettings, DirectoryUser } from '#core/user-sources/directory.ts';
import type { Clock } from '#platform/clock.ts';
import { type Bases, findBases } from './bases.ts';
import { nameKey } from './distinguished-name.ts';
import { HostFailure, Interrupted, TooManyGroups } from './failure.ts';
import { allGroups, findGroupsAnew, type Group, requireUnmoved, type SourceGroups } from './find-groups.ts';
import { connectionLimits, type HostSession } from './host-session.ts';
import type { SearchAnswer } from './ldap-connection.ts';
import { isAdmitted, isBelow, type Memberships, membershipsOf, teamsOf, type WayUp } from './memberships.ts';
import { allOf, anyPerson, equals } from './person-filter.ts';
import { askedAttributes, readUser, recordsOf } from './read-user.ts';
import type { Remembered } from './remembered.ts';
import type { DirectoryEntry } from './response.ts';

/** Entries of a page; Active Directory gives at most 1,000 at once. */
export const pageSize = 500;

/** How many of a page are named in one search for members. */
const namedAtOnce = 100;

/** Of how many the groups are looked for at once; one connection is left for logins. */
const walkedAtOnce = connectionLimits.searching - 1;

export interface Listing {
  readonly settings: DirectorySettings;
  readonly remembered: Remembered;
  readonly clock: Clock;
}

/**
 * @param emit takes a page; the next one is asked for when it is done
 * @throws HostFailure, DirectoryRefused, DirectoryBusy
 */
export async function listPeople(
  { settings, remembered, clock }: Listing,
  session: HostSession,
  emit: (page: readonly DirectoryUser[]) => Promise<void>,
): Promise<void> {
  const bases = await findBases(settings, session, remembered);
  const groups = await findGroupsAnew(settings, session, remembered, bases);
  const way: WayUp = { settings, session, bases, groups, above: new Map() };
  let begun = false;
  const walk = async (search: HostSession['search']): Promise<void> => {
    let cookie = Buffer.alloc(0);
    do {
      const page = await search({
        base: bases.people,
        scope: 'sub',
        filter: filterOf(settings, groups),
        attributes: askedAttributes(settings, { withRecords: true }),
        most: pageSize,
        page: { size: pageSize, cookie },
      });
      const users = await usersOf(way, page, clock.now());
      await requireUnmoved(groups, settings, session, remembered, bases);
      begun = true;
      await emit(users);
      cookie = Buffer.from(page.cookie);
    } while (cookie.length > 0);
  };
  try {
    await session.withOwn(walk);
  } catch (error) {
    // Page cookies are worth nothing to another server.
    throw begun && error instanceof HostFailure ? new Interrupted(error.step, error.message) : error;
  }
}

function filterOf(settings: DirectorySettings, { mandatory }: SourceGroups): Filter {
  const inGroup = mandatory && settings.kind === 'active_directory' ? [isBelow(mandatory)] : [];
  return allOf([...anyPerson(settings), ...inGroup], settings);
}

async function usersOf(
  way: WayUp,
  { entries }: SearchAnswer,
  now: number,
): Promise<readonly DirectoryUser[]> {
  const memberships = await membershipsOfPage(way, entries);
  return entries.flatMap((entry, at) => {
    const person = readUser(way.settings, entry, now);
    const of = memberships[at];
    if (!person || !of) return [];
    const known = { ...person, ...recordsOf(way.settings, entry) };
    if (of === 'too_many') return [{ ...known, teams: [], too_many_groups: true }];
    return isAdmitted(way.groups, of) ? [{ ...known, teams: teamsOf(way.groups, of) }] : [];
  });
}

/** In the order of the entries. */
async function membershipsOfPage(
  way: WayUp,
  entries: readonly DirectoryEntry[],
): Promise<readonly (Memberships | 'too_many')[]> {
  if (allGroups(way.groups).length === 0) return entries.map(() => new Set());
  if (way.settings.kind === 'active_directory') return membersByGroup(way, entries);
  const found: (Memberships | 'too_many')[] = [];
  for (let from = 0; from < entries.length; from += walkedAtOnce) {
    const some = entries.slice(from, from + walkedAtOnce);
    found.push(...(await Promise.all(some.map((entry) => membershipsOf(way, entry).catch(asTooMany)))));
  }
  return found;
}

/** One person whom somebody put into many groups must not keep all others from being looked at. */
function asTooMany(error: unknown): 'too_many' {
  if (error instanceof TooManyGroups) return 'too_many';
  throw error;
}

/** Far fewer searches than one for each person: of every group, who of these is in it. The mandatory group is in the filter already. */
async function membersByGroup(
  { session, bases, groups }: WayUp,
  entries: readonly DirectoryEntry[],
): Promise<readonly Memberships[]> {
  const mandatory = groups.mandatory ? [groups.mandatory.key] : [];
  const found = new Map(entries.map(({ dn }) => [nameKey(dn), new Set(mandatory)]));
  for (const group of allGroups({ ...groups, mandatory: undefined }))
    for (let from = 0; from < entries.length; from += namedAtOnce)
      for (const dn of await membersAmong(session, bases, group, entries.slice(from, from + namedAtOnce)))
        found.get(nameKey(dn))?.add(group.key);
  return entries.map(({ dn }) => found.get(nameKey(dn)) ?? new Set());
}

async function membersAmong(
  session: HostSession,
  { people }: Bases,
  group: Group,
  entries: readonly DirectoryEntry[],
): Promise<readonly string[]> {
  const these = new OrFilter({ filters: entries.map(({ dn }) => equals('distinguishedName', dn)) });
  const { entries: members } = await session.search({
    base: people,
    scope: 'sub',
    filter: new AndFilter({ filters: [these, isBelow(group)] }),
    attributes: ['1.1'],
    most: namedAtOnce + 1,
  });
  return members.map(({ dn }) => dn);
}
