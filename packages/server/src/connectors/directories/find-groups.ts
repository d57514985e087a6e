// The groups that a user source names: by name or DN in the settings, as entries of the directory here.
import { type Filter, OrFilter, PresenceFilter } from 'ldapts';
import type { DirectorySettings } from '#core/user-sources/directory.ts';
import type { TeamPolicy } from '#core/users/team-policies.ts';
import { relativeIdOf } from './active-directory-values.ts';
import type { Bases } from './bases.ts';
import { isWithin, nameKey, parseDistinguishedName } from './distinguished-name.ts';
import { textsOf } from './entry-values.ts';
import { DirectoryRefused } from './failure.ts';
import { type GroupPolicy, isRequired, readGroupPolicy } from './group-policy.ts';
import type { HostSession } from './host-session.ts';
import type { SearchAnswer } from './ldap-connection.ts';
import { allOf, equals } from './person-filter.ts';
import type { Remembered } from './remembered.ts';
import type { DirectoryEntry } from './response.ts';

export interface Group {
  /** As the server writes it. */
  readonly dn: string;
  readonly key: string;
  /** Active Directory: what `primaryGroupID` of its members says; such a group does not list them. */
  readonly relativeId: number | undefined;
  readonly policy: GroupPolicy;
}

export interface SourceGroups {
  readonly mandatory: Group | undefined;
  readonly teams: readonly { readonly group: Group; readonly team: string }[];
}

/** How long what is said of groups may be old. Where they stand is looked at before anybody counts as not in one. */
const rememberMs = 60_000;
export const mostGroups = 100;
const anything = new PresenceFilter({ attribute: 'objectClass' });

/** Every group of the settings once, for searches. */
export function allGroups({ mandatory, teams }: SourceGroups): readonly Group[] {
  const all = [...(mandatory ? [mandatory] : []), ...teams.map(({ group }) => group)];
  return [...new Map(all.map((group) => [group.key, group])).values()];
}

/** @throws DirectoryRefused when one is not there, or there is more than one of that name: nobody is let in by mistake */
export function findGroups(
  settings: DirectorySettings,
  session: HostSession,
  remembered: Remembered,
  bases: Bases,
): Promise<SourceGroups> {
  return remembered.get('groups', rememberMs, () => readGroups(settings, session, bases));
}

/** As they are now, and remembered so. @throws DirectoryRefused as above */
export function findGroupsAnew(
  settings: DirectorySettings,
  session: HostSession,
  remembered: Remembered,
  bases: Bases,
): Promise<SourceGroups> {
  remembered.forget('groups');
  return findGroups(settings, session, remembered, bases);
}

/**
 * Memberships are judged by where groups stand: after that they must stand there still, else nobody would be in one that was moved.
 * @throws DirectoryRefused when they do not
 */
export async function requireUnmoved(
  before: SourceGroups,
  settings: DirectorySettings,
  session: HostSession,
  remembered: Remembered,
  bases: Bases,
): Promise<void> {
  const places = (groups: SourceGroups): string => JSON.stringify(allGroups(groups).map(({ key }) => key));
  if (places(await findGroupsAnew(settings, session, remembered, bases)) !== places(before))
    throw new DirectoryRefused('group_found', 'a group was moved or renamed meanwhile');
}

/** Whether all stand where they are remembered to, as far as searches can tell. @throws HostFailure, DirectoryBusy */
export async function areUnmoved(
  { kind }: DirectorySettings,
  session: HostSession,
  bases: Bases,
  groups: SourceGroups,
): Promise<boolean> {
  const all = allGroups(groups);
  const within = nameKey(bases.groups);
  // One that is named by its DN may stand in another naming context, where the search for the others does not come.
  const [inside, elsewhere] = [true, false].map((is) =>
    all.filter(({ key }) => isWithin(key, within) === is),
  );
  const standing = new Set(await placesBelow(kind, session, bases.groups, inside ?? []));
  for (const { dn } of elsewhere ?? []) for (const key of await placeOf(session, dn)) standing.add(key);
  return all.every(({ key }) => standing.has(key));
}

async function placesBelow(
  kind: DirectorySettings['kind'],
  session: HostSession,
  base: string,
  groups: readonly Group[],
): Promise<readonly string[]> {
  if (groups.length === 0) return [];
  // RFC 5020 2; where a server does not know it, or does not let it be asked for, nothing is found, so nothing is trusted.
  const place = kind === 'active_directory' ? 'distinguishedName' : 'entryDN';
  const filter = new OrFilter({ filters: groups.map(({ dn }) => equals(place, dn)) });
  const search = { base, scope: 'sub', filter, attributes: ['1.1'], most: groups.length + 1 } as const;
  const { entries } = await session.search(search).catch(nothingIfRefused);
  return entries.map(({ dn }) => nameKey(dn));
}

async function placeOf(session: HostSession, dn: string): Promise<readonly string[]> {
  const search = { base: dn, scope: 'base', filter: anything, attributes: ['1.1'], most: 1 } as const;
  const { entries } = await session.search(search).catch(nothingIfRefused);
  return entries.map((entry) => nameKey(entry.dn));
}

function nothingIfRefused(error: unknown): Pick<SearchAnswer, 'entries'> {
  if (error instanceof DirectoryRefused) return { entries: [] };
  throw error;
}

async function readGroups(
  settings: DirectorySettings,
  session: HostSession,
  bases: Bases,
): Promise<SourceGroups> {
  const { mandatory_group: mandatory, groups } = settings;
  if (groups.length > mostGroups)
    throw new DirectoryRefused('settings', `the user source names more than ${mostGroups} groups`);
  const teams = [];
  for (const { group, team } of groups)
    teams.push({ group: await findGroup(settings, session, bases, group), team });
  const isMandatory = mandatory !== null && mandatory.trim() !== '';
  return {
    mandatory: isMandatory ? await findGroup(settings, session, bases, mandatory) : undefined,
    teams,
  };
}

/** What the directory says of all teams; undefined where the settings do not want it. */
export const policiesOf = (
  { group_policy_attribute: attribute }: DirectorySettings,
  { teams }: SourceGroups,
): readonly TeamPolicy[] | undefined =>
  attribute === ''
    ? undefined
    : teams.map(({ group: { policy }, team }) => ({ team, required: isRequired(policy) }));

async function findGroup(
  { kind, group_policy_attribute: attribute }: DirectorySettings,
  session: HostSession,
  { groups }: Bases,
  nameOrDn: string,
): Promise<Group> {
  const text = nameOrDn.trim();
  const search = parseDistinguishedName(text)
    ? { base: text, scope: 'base' as const, filter: anything }
    : { base: groups, scope: 'sub' as const, filter: groupsNamed(kind, text) };
  const attributes = ['objectSid', ...(attribute === '' ? [] : [attribute])];
  const { entries } = await session.search({ ...search, attributes, most: 2 });
  const [entry] = entries;
  if (!entry) throw new DirectoryRefused('group_found', `there is no group ${text} below ${groups}`);
  if (entries.length > 1)
    throw new DirectoryRefused('group_found', `there is more than one group ${text}; write its whole DN`);
  return groupOf(entry, attribute);
}

function groupOf(entry: DirectoryEntry, attribute: string): Group {
  const { dn, attributes } = entry;
  const policy = readGroupPolicy(attribute === '' ? [] : textsOf(entry, attribute));
  return { dn, key: nameKey(dn), relativeId: relativeIdOf(attributes.get('objectsid')?.[0]), policy };
}

const groupClasses = ['groupOfNames', 'groupOfUniqueNames', 'groupOfMembers', 'posixGroup', 'group'];

function groupsNamed(kind: DirectorySettings['kind'], name: string): Filter {
  const any = (filters: readonly Filter[]): Filter => new OrFilter({ filters: [...filters] });
  const parts =
    kind === 'active_directory'
      ? [equals('objectClass', 'group'), any([equals('cn', name), equals('sAMAccountName', name)])]
      : [any(groupClasses.map((each) => equals('objectClass', each))), equals('cn', name)];
  return allOf(parts, { user_filter: '' });
}
