// Creates or refreshes a user from what a source of users says: a directory, an OpenID provider. The source's own id decides who it is; the
// name only where nobody has that id yet, and the user here has no password of its own and came from no other source.
import { User } from '@countersign/contract/models.ts';
import { nameKey, toDisplayable } from '@countersign/contract/text.ts';
import { changedFields } from '#core/audit/changed-fields.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { Tx } from '#db/db.ts';
import { searchKey } from '#db/search-key.ts';
import { newId } from '#platform/id.ts';
import { showUser } from './get-user.ts';
import { setTeams } from './team-store.ts';
import type { UserRow } from './user.ts';
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
   * A user source: the user is remembered as one of its, and belongs to those of its teams that it says, and to no other of them. Of one
   * that knows only names, a user who is there already stays as it is.
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
  if (fields.username_key === '') return { kind: 'name_of_another' };
  const rows = await usersLike(tx, foreign.applicationId, fields);
  const row = rows.find(({ external_guid: guid }) => guid !== '' && guid === fields.external_guid) ?? rows[0];
  if (!row) return create(tx, deps, actor, { ...foreign, fields });
  const isKnown = row.external_guid !== '' && row.external_guid === fields.external_guid;
  const isOther = !isKnown && !(await mayTake(tx, row, fields, foreign.from));
  // The person was renamed, and somebody here has the new name.
  if (isOther || rows.some(({ id }) => id !== row.id)) {
    const named = rows.find(({ username_key: key }) => key === fields.username_key) ?? row;
    return { kind: 'name_of_another', heldBy: named.id };
  }
  if (row.enabled === 0) return { kind: 'disabled', heldBy: row.id };
  const changed = await refresh(tx, deps, actor, { ...foreign, fields, row });
  await remember(tx, deps, row.id, foreign.from);
  return { kind: 'refreshed', userId: row.id, changed };
}

type Fields = ReturnType<typeof fieldsOf>;
interface Keeping extends ForeignUserOf {
  readonly fields: Fields;
}

/**
 * By the name alone: whoever was made here with a password is not somebody else's to take, nor is who came from another source. A source
 * without ids knows its own users again by name.
 */
async function mayTake(
  tx: Tx,
  row: UserRow,
  { external_guid: guid }: Fields,
  from: ForeignUserOf['from'],
): Promise<boolean> {
  if (row.external_guid !== '') return false;
  const link = await tx
    .selectFrom('user_source_users')
    .select('source_id')
    .where('user_id', '=', row.id)
    .executeTakeFirst();
  if (link && link.source_id !== from?.id) return false;
  return row.password_hash === null || (link !== undefined && guid === '');
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
  const changed = changedFields(before, { ...shown, ...(teams && { teams: [...teams] }) });
  if (changed.length === 0) return changed;
  const set = from?.knows === 'names' ? shown : fields;
  await updateUser(tx, row.id, { ...set, updated_at: deps.clock.now() });
  if (teams && changed.includes('teams')) await setTeams(tx, deps, row, teams);
  await recordAudit(tx, deps, {
    event: 'user.changed',
    actor,
    applicationId,
    subjectId: row.id,
    data: { changed, source },
  });
  return changed;
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
