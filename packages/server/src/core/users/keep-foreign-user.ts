// Creates or refreshes a user from what a source of users says: a directory, an OpenID provider. The source's own id decides who it is, among
// its own users and those who are nobody's; the name only where nobody of them has that id, and the user here has no password of its own.
import { User } from '@countersign/contract/models.ts';
import { nameKey, toDisplayable } from '@countersign/contract/text.ts';
import { changedFields, changeOf } from '#core/audit/changed-fields.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { Read, Tx } from '#db/db.ts';
import { searchKey } from '#db/search-key.ts';
import { newId } from '#platform/id.ts';
import { showUser } from './get-user.ts';
import { setTeams } from './team-store.ts';
import type { UserRow } from './user.ts';
import { type Sorted, sortByOrigin } from './user-origins.ts';
import { externalIdOf, usersLike } from './users-like.ts';
import { insertUser, updateUser } from './user-store.ts';

/** A person as the source knows it. */
export interface ForeignUser {
  /** Stays when the person is renamed; empty where the source has none. */
  readonly guid: string;
  readonly username: string;
  readonly full_name: string;
  readonly email: string;
  readonly phone: string;
  /** None: where nothing says which teams are the source's, those that the user has stay. */
  readonly teams: readonly string[];
}

export interface ForeignUserOf {
  readonly applicationId: string;
  /** Its name, for the audit trail. */
  readonly source: string;
  readonly user: ForeignUser;
  /**
   * A user source or an OpenID provider: the user belongs to those of its teams that it says, and to no other of them, and is remembered as
   * one of the user source. Of one that knows only names, a user who is there already stays as it is.
   */
  readonly from?:
    | { readonly id: string; readonly teams: readonly string[]; readonly knows: 'people' | 'names' }
    | undefined;
}

export type KeptForeignUser =
  | { readonly kind: 'created'; readonly userId: string }
  /** @property changed names of the fields that are other now; none when all was so already */
  | { readonly kind: 'refreshed'; readonly userId: string; readonly changed: readonly string[] }
  /** Nothing is written. @property heldBy id of the user in the way; absent where a name is nobody's */
  | { readonly kind: 'name_of_another' | 'disabled'; readonly heldBy?: string };

/** Text that does not fit is shortened; an address or a number that is none is left out. */
export async function keepForeignUser(
  tx: Tx,
  deps: AuditDeps,
  actor: Actor,
  foreign: ForeignUserOf,
): Promise<KeptForeignUser> {
  const fields = fieldsOf(foreign.user);
  const met = await meetForeignUser(tx, foreign);
  if (met.kind === 'nobody') return create(tx, deps, actor, { ...foreign, fields });
  if (met.kind !== 'known') return met;
  const { row } = met;
  const changed = await refresh(tx, deps, actor, { ...foreign, fields, row });
  await remember(tx, deps, row.id, foreign.from);
  return { kind: 'refreshed', userId: row.id, changed };
}

export type MetForeignUser =
  /** A user would be created. */
  | { readonly kind: 'nobody' }
  | { readonly kind: 'known'; readonly row: UserRow }
  | Extract<KeptForeignUser, { kind: 'name_of_another' | 'disabled' }>;

/** Who the person would be here, or who is in the way; changes nothing. */
export async function meetForeignUser(
  read: Read,
  { applicationId, user, from }: Pick<ForeignUserOf, 'applicationId' | 'user' | 'from'>,
): Promise<MetForeignUser> {
  const fields = fieldsOf(user);
  if (fields.username_key === '') return { kind: 'name_of_another' };
  const rows = await usersLike(read, applicationId, fields);
  const sorted = await sortByOrigin(read, rows, from?.id);
  const known = knownById(sorted, fields);
  const named = rows.find(({ username_key: key }) => key === fields.username_key);
  const row = known[0] ?? named;
  if (!row) return { kind: 'nobody' };
  const mayBe = known.length > 0 ? known.length === 1 : mayTake(row, fields, sorted);
  // Somebody else here has the name, or, after the person was renamed, the new one.
  if (!mayBe || (named && named.id !== row.id)) return { kind: 'name_of_another', heldBy: (named ?? row).id };
  return row.enabled === 0 ? { kind: 'disabled', heldBy: row.id } : { kind: 'known', row };
}

type Fields = ReturnType<typeof fieldsOf>;
interface Keeping extends ForeignUserOf {
  readonly fields: Fields;
}

/**
 * Who has the source's id for the person here: one of its own, or else of those who came from nowhere. What another source calls its people
 * by says nothing: one that is careless or hostile would be given them. Several of the same standing are too many.
 */
function knownById({ own, free }: Sorted, { external_guid: guid }: Fields): readonly UserRow[] {
  const hasId = (row: UserRow): boolean => guid !== '' && row.external_guid === guid;
  const ours = own.filter(hasId);
  return ours.length > 0 ? ours : free.filter(hasId);
}

/**
 * By the name alone: whoever was made here with a password is not somebody else's to take, nor is who came from another source. A source
 * without ids knows its own users again by name.
 */
function mayTake(row: UserRow, { external_guid: guid }: Fields, { own, free }: Sorted): boolean {
  if (row.external_guid !== '') return false;
  if (own.includes(row)) return row.password_hash === null || guid === '';
  return free.includes(row) && row.password_hash === null;
}

function fieldsOf({ guid, username, full_name, email, phone }: ForeignUser) {
  const name = toDisplayable(username, 255).trim();
  const { success: isEmail } = User.shape.email.safeParse(email);
  const number = phone.replace(/[\s()/.-]/g, '').replace(/^00/, '+');
  const { success: isNumber } = User.shape.phone.safeParse(number);
  return {
    username: name,
    username_key: nameKey(name),
    full_name: toDisplayable(full_name, 200).trim(),
    email: isEmail ? email : '',
    phone: isNumber ? number : '',
    external_guid: externalIdOf(guid),
  };
}

async function create(
  tx: Tx,
  deps: AuditDeps,
  actor: Actor,
  { applicationId, source, user, fields, from }: Keeping,
): Promise<KeptForeignUser> {
  const now = deps.clock.now();
  const row: UserRow = {
    ...fields,
    search_key: searchKey(fields),
    id: newId(deps, 'usr'),
    application_id: applicationId,
    enabled: 1,
    device_limit: null,
    password_hash: null,
    held_by_request_id: null,
    unanswered_streak: 0,
    left_alone_until: null,
    last_authenticated_at: null,
    last_onboarded_at: null,
    requests_opened: 0,
    created_at: now,
    updated_at: now,
  };
  await insertUser(tx, row);
  if (user.teams.length > 0) await setTeams(tx, deps, row, user.teams);
  await remember(tx, deps, row.id, from);
  await recordAudit(tx, deps, {
    event: 'user.created',
    actor,
    applicationId,
    subjectId: row.id,
    data: { username: row.username, source },
  });
  return { kind: 'created', userId: row.id };
}

async function refresh(
  tx: Tx,
  deps: AuditDeps,
  actor: Actor,
  { applicationId, source, user, fields, row, from }: Keeping & { readonly row: UserRow },
): Promise<readonly string[]> {
  const { username_key: _, ...told } = fields;
  const shown = from?.knows === 'names' ? { external_guid: fields.external_guid } : told;
  const before = await showUser(tx, row);
  const teams = teamsOf(before.teams, user.teams, from?.teams);
  const wanted = { ...shown, ...(teams && { teams: [...teams] }) };
  const changed = changedFields(before, wanted);
  if (changed.length === 0) return changed;
  const set = from?.knows === 'names' ? shown : fields;
  await updateUser(tx, row.id, { ...set, updated_at: deps.clock.now() });
  if (teams && changed.includes('teams')) await setTeams(tx, deps, row, teams);
  await recordAudit(tx, deps, {
    event: 'user.changed',
    actor,
    applicationId,
    subjectId: row.id,
    data: { ...changeOf(changed, before, wanted), source },
  });
  return changed;
}

export interface ForeignTeams {
  readonly applicationId: string;
  readonly userId: string;
  /** Its name, for the audit trail. */
  readonly source: string;
  /** Those of the source's teams that the user is in, and all that are its. */
  readonly said: readonly string[];
  readonly ofSource: readonly string[];
}

/** Whether the user is in other teams of the source than it says. */
export async function areOtherTeams(read: Read, foreign: ForeignTeams): Promise<boolean> {
  if (foreign.ofSource.length === 0) return false;
  const rows = await read
    .selectFrom('team_members as m')
    .innerJoin('teams as t', 't.id', 'm.team_id')
    .select('t.name_key')
    .where('m.user_id', '=', foreign.userId)
    .execute();
  const own = new Set(foreign.ofSource.map(nameKey));
  const there = new Set(rows.flatMap(({ name_key: key }) => (own.has(key) ? key : [])));
  const said = new Set(foreign.said.map(nameKey));
  return there.size !== said.size || [...said].some((key) => !there.has(key));
}

/** Only the teams: the user belongs to those of the source that it says, and to no other of them. */
export async function keepForeignTeams(
  tx: Tx,
  deps: AuditDeps,
  actor: Actor,
  { applicationId, userId, source, said, ofSource }: ForeignTeams,
): Promise<void> {
  // Takes the row: nobody else changes the user's teams meanwhile.
  const row = await updateUser(tx, userId, { updated_at: deps.clock.now() });
  if (!row) return;
  const before = await showUser(tx, row);
  const teams = teamsOf(before.teams, said, ofSource);
  if (!teams || changedFields(before, { teams: [...teams] }).length === 0) return;
  await setTeams(tx, deps, row, teams);
  await recordAudit(tx, deps, {
    event: 'user.changed',
    actor,
    applicationId,
    subjectId: userId,
    data: { changed: ['teams'], source },
  });
}

/** The teams that the user shall have, as they are shown; undefined: those that there are. */
function teamsOf(
  before: readonly string[],
  said: readonly string[],
  ofSource: readonly string[] | undefined,
): readonly string[] | undefined {
  if (ofSource === undefined && said.length === 0) return undefined;
  const own = new Set(ofSource?.map(nameKey));
  const kept = ofSource === undefined ? [] : before.filter((team) => !own.has(nameKey(team)));
  const known = new Map(before.map((team) => [nameKey(team), team]));
  const wanted = new Map([...kept, ...said].map((team) => [nameKey(team), known.get(nameKey(team)) ?? team]));
  return [...wanted].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, team]) => team);
}

/** The user is one of the source's from now on, and was seen there now. */
async function remember(
  tx: Tx,
  { clock }: AuditDeps,
  userId: string,
  from: ForeignUserOf['from'],
): Promise<void> {
  if (from === undefined) return;
  const source = await tx
    .selectFrom('user_sources')
    .select('id')
    .where('id', '=', from.id)
    .executeTakeFirst();
  // Deleted since it was asked.
  if (!source) return;
  const row = { source_id: from.id, seen_at: clock.now(), disabled_by_sync: 0 } as const;
  await tx
    .insertInto('user_source_users')
    .values({ user_id: userId, ...row })
    .onConflict((c) => c.column('user_id').doUpdateSet(row))
    .execute();
}
