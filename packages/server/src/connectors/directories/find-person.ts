// One person of a directory by the name that was typed: found, checked if there is a password, and with the teams.
import type {
  DirectoryAnswer,
  DirectorySettings,
  DirectoryUser,
  IsMeant,
} from '#core/user-sources/directory.ts';
import type { Clock } from '#platform/clock.ts';
import { Secret } from '#platform/secret.ts';
import { type Bases, findBases, findNetbiosName } from './bases.ts';
import { bindRefusal } from './bind-reason.ts';
import { DirectoryRefused, HostFailure } from './failure.ts';
import {
  allGroups,
  areUnmoved,
  findGroups,
  findGroupsAnew,
  policiesOf,
  requireUnmoved,
  type SourceGroups,
} from './find-groups.ts';
import type { HostSession } from './host-session.ts';
import type { BindAnswer } from './ldap-connection.ts';
import type { UsableName } from './login-name.ts';
import { isAdmitted, type Memberships, membershipsOf, teamsOf } from './memberships.ts';
import { type PersonFilter, personFilter } from './person-filter.ts';
import { askedAttributes, readUser, recordsOf } from './read-user.ts';
import type { Remembered } from './remembered.ts';
import type { DirectoryEntry } from './response.ts';
import { describeResult, resultCode } from './result-words.ts';

export interface Wanted {
  readonly settings: DirectorySettings;
  readonly remembered: Remembered;
  readonly clock: Clock;
  readonly name: UsableName;
  /** Null: nothing is checked but the name. */
  readonly password: Secret | null;
  /** Else it is nobody's password; absent: whoever is found is meant. */
  readonly isMeant?: IsMeant | undefined;
  /** What is remembered of groups says nothing. */
  readonly anew: boolean;
  readonly records: boolean;
}

/** @throws HostFailure, DirectoryRefused, DirectoryBusy */
export async function findPerson(wanted: Wanted, session: HostSession): Promise<DirectoryAnswer> {
  const { settings, remembered, password, clock } = wanted;
  const meant = await personFilter(settings, wanted.name, async () =>
    findNetbiosName(session, remembered, await findBases(settings, session, remembered)),
  );
  if (meant.kind === 'nobody') return { kind: 'not_found', tried: meant.why };
  const bases = await findBases(settings, session, remembered);
  const asked = askedAttributes(settings, { withRecords: wanted.records });
  const found = await findEntry(session, bases, meant, asked);
  const person = typeof found === 'string' ? undefined : readUser(settings, found, clock.now());
  if (typeof found === 'string' || !person) {
    await tryNobody(session, bases, password);
    if (found === 'several') return { kind: 'refused', reason: 'ambiguous_name', user: null };
    const tried =
      found === 'none'
        ? `${meant.filter.toString()} below ${bases.people} at ${session.host.host}`
        : `${found.dn} has no user name that can be used`;
    return { kind: 'not_found', tried };
  }

  const bare: DirectoryUser = { ...person, teams: [] };
  if (password !== null && wanted.isMeant?.(bare) === false) {
    await tryNobody(session, bases, password);
    return { kind: 'refused', reason: 'wrong_password', user: bare, unchecked: true };
  }
  if (password !== null) {
    const answer = await bind(session, found, password);
    const reason = answer ? bindRefusal(settings, found, answer, clock.now()) : 'wrong_password';
    if (reason !== undefined) return { kind: 'refused', reason, user: bare };
  }
  const { groups, memberships } = await findMemberships(wanted, session, bases, found);
  const records = wanted.records ? recordsOf(settings, found) : {};
  const user = { ...person, ...records, teams: teamsOf(groups, memberships) };
  if (!isAdmitted(groups, memberships)) return { kind: 'refused', reason: 'not_in_group', user };
  return { kind: 'found', user, policies: policiesOf(settings, groups) };
}

interface Judged {
  readonly groups: SourceGroups;
  readonly memberships: Memberships;
}

/** By where groups are remembered to stand; in one that was moved since nobody would seem to be, so then they are read anew. */
async function findMemberships(
  { settings, remembered, anew }: Wanted,
  session: HostSession,
  bases: Bases,
  entry: DirectoryEntry,
): Promise<Judged> {
  const judge = async (groups: SourceGroups): Promise<Judged> => ({
    groups,
    memberships: await membershipsOf({ settings, session, bases, groups, above: new Map() }, entry),
  });
  if (!anew) {
    const known = await judge(await findGroups(settings, session, remembered, bases));
    const isInAll = allGroups(known.groups).every(({ key }) => known.memberships.has(key));
    if (isInAll || (await areUnmoved(settings, session, bases, known.groups))) return known;
  }
  const now = await judge(await findGroupsAnew(settings, session, remembered, bases));
  await requireUnmoved(now.groups, settings, session, remembered, bases);
  return now;
}

async function findEntry(
  session: HostSession,
  { people }: Bases,
  { filter, prefers }: Extract<PersonFilter, { kind: 'filter' }>,
  attributes: readonly string[],
): Promise<DirectoryEntry | 'none' | 'several'> {
  const { entries } = await session.search({
    base: people,
    scope: 'sub',
    filter,
    attributes,
    most: 10,
  });
  const [only] = entries;
  if (!only) return 'none';
  if (entries.length === 1) return only;
  const preferred = entries.filter(prefers);
  return preferred.length === 1 && preferred[0] ? preferred[0] : 'several';
}

const longestPassword = 1024;
/** Given for somebody who is not there; the person's own is sent to nobody else. */
const notAPassword = new Secret('nobody has this password');

/** As much work as for somebody who is meant: how long the answer takes must not tell. */
async function tryNobody(session: HostSession, { people }: Bases, password: Secret | null): Promise<void> {
  if (password !== null && isSent(password)) await bind(session, { dn: `cn=nobody,${people}` }, notAPassword);
}

function isSent(password: Secret): boolean {
  const text = password.reveal();
  return text.length <= longestPassword && !text.includes('\0');
}

/** Undefined for what is no password anywhere, so is not sent. */
async function bind(
  session: HostSession,
  { dn }: Pick<DirectoryEntry, 'dn'>,
  password: Secret,
): Promise<BindAnswer | undefined> {
  if (!isSent(password)) return undefined;
  const answer = await session.bindAs(dn, password);
  const { code } = answer.result;
  const words = `checking a password was refused: ${describeResult(answer.result)}`;
  if (code === resultCode.busy || code === resultCode.unavailable) throw new HostFailure('answer', words);
  // About how we ask, not about who it is for.
  const aboutUs: readonly number[] = [
    resultCode.strongerAuthRequired,
    resultCode.confidentialityRequired,
    resultCode.referral,
  ];
  if (aboutUs.includes(code)) throw new DirectoryRefused('bound', words);
  return answer;
}
