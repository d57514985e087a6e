// Writes a few hundred users of a file: all of them in a handful of statements, with one audit event for each that changes.
import { cancelRequests } from '#core/audit/cancel-requests.ts';
import { changeOf } from '#core/audit/changed-fields.ts';
import { type Actor, type AuditDeps, type AuditEntry, recordAudits } from '#core/audit/record-audit.ts';
import { insertUsers, patchUsers, selectAsked, type UserPatch } from '#core/users/bulk-store.ts';
import { setTeamsOfMany } from '#core/users/team-store.ts';
import { derivedColumns, newUserRow, type UserRow } from '#core/users/user.ts';
import type { Db, Tx } from '#db/db.ts';
import { newId } from '#platform/id.ts';
import { type Compared, compareUsers, disables, kindOf } from './compare-users.ts';
import type { FileUser } from './file-user.ts';

export interface ApplyDeps extends AuditDeps {
  readonly db: Db;
}

export interface Applied {
  created: number;
  updated: number;
  unchanged: number;
  disabled: number;
}

export interface Target {
  readonly importId: string;
  readonly applicationId: string;
  readonly actor: Actor;
}

/** A chain of their own: nobody who administers waits for the end of an import. */
export const importChain = <D extends AuditDeps>(deps: D): D => ({
  ...deps,
  auditChain: `${deps.auditChain}/imports`,
});

/** What is compared is compared anew: between the preview and now, somebody may have changed it. */
export async function applyUsers(
  tx: Tx,
  deps: ApplyDeps,
  target: Target,
  users: readonly FileUser[],
): Promise<Applied> {
  const all = await compareUsers(tx, target.applicationId, users);
  const applied = { created: 0, updated: 0, unchanged: 0, disabled: 0 };
  for (const compared of all) {
    applied[kindOf(compared)] += 1;
    if (disables(compared)) applied.disabled += 1;
  }
  const now = deps.clock.now();
  const made = all
    .filter(({ before }) => before === undefined)
    .map((compared) => ({ compared, row: toRow(deps, target.applicationId, compared.user, now) }));
  const changed = all.flatMap((compared) =>
    compared.before && compared.changed.length > 0 ? { compared, row: compared.before } : [],
  );
  await cancelWaiting(tx, deps, target, changed);
  const { dialect } = deps.db;
  await insertUsers(
    tx,
    dialect,
    made.map(({ row }) => row),
  );
  await patchUsers(
    tx,
    dialect,
    changed.map(({ compared, row }) => toPatch(compared, row, now)),
  );
  const teams = [
    ...made.map((one) => ({ ...one, isNew: true })),
    ...changed.map((one) => ({ ...one, isNew: false })),
  ];
  await setTeamsOfMany(tx, dialect, deps, target.applicationId, teams.flatMap(teamsOf));
  const entries = [...made, ...changed].flatMap((one) => toEntries(target, one));
  await recordAudits(tx, dialect, importChain(deps), entries);
  return applied;
}

interface Written {
  readonly compared: Compared;
  readonly row: UserRow;
}

const teamsOf = ({ compared, row, isNew }: Written & { readonly isNew: boolean }) =>
  compared.user.teams && compared.changed.includes('teams')
    ? { id: row.id, teams: compared.user.teams, isNew }
    : [];

/** Before the rows of users are touched, since closing a login locks in that order. */
async function cancelWaiting(
  tx: Tx,
  deps: ApplyDeps,
  { actor }: Target,
  changed: readonly Written[],
): Promise<void> {
  const disabled = changed.filter(({ compared }) => disables(compared)).map(({ row }) => row.id);
  for (const id of await selectAsked(tx, disabled))
    await cancelRequests(tx, importChain(deps), actor, { column: 'user_id', id });
}

const toRow = (deps: ApplyDeps, applicationId: string, user: FileUser, now: number): UserRow =>
  newUserRow(
    {
      id: newId(deps, 'usr'),
      application_id: applicationId,
      username: user.username,
      full_name: user.full_name ?? '',
      email: user.email ?? '',
      phone: user.phone ?? '',
      external_guid: user.external_guid ?? '',
      enabled: user.enabled === false ? 0 : 1,
      device_limit: user.device_limit ?? null,
      password_hash: user.password_hash ?? null,
    },
    now,
  );

const toPatch = ({ user }: Compared, before: UserRow, now: number): UserPatch => ({
  id: before.id,
  full_name: user.full_name ?? null,
  email: user.email ?? null,
  phone: user.phone ?? null,
  external_guid: user.external_guid ?? null,
  password_hash: user.password_hash ?? null,
  enabled: user.enabled === undefined ? null : user.enabled ? 1 : 0,
  device_limit: user.device_limit === undefined ? -1 : user.device_limit,
  updated_at: now,
  ...derivedColumns({
    username: before.username,
    full_name: user.full_name ?? before.full_name,
    email: user.email ?? before.email,
  }),
});

function toEntries({ importId, applicationId, actor }: Target, { compared, row }: Written): AuditEntry[] {
  const about = { actor, applicationId, subjectId: row.id };
  const from = { import: importId };
  const fields = compared.changed.filter((field) => field !== 'password');
  const entries: AuditEntry[] = [];
  if (compared.before === undefined)
    entries.push({ event: 'user.created', ...about, data: { username: row.username, ...from } });
  else if (fields.length > 0) {
    const data = { ...changeOf(fields, compared.before, compared.user), ...from };
    entries.push({ event: 'user.changed', ...about, data });
  }
  if (compared.changed.includes('password'))
    entries.push({ event: 'user.password_set', ...about, data: { removed: false, ...from } });
  return entries;
}
