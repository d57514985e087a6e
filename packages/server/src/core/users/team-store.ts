// SQL of teams: they are made when a user is put into one and go when the last user leaves, unless something stands written of them.
import { nameKey } from '@countersign/contract/text.ts';
import type { Db, Tx } from '#db/db.ts';
import { insertRows } from '#db/insert-rows.ts';
import type { TeamTable } from '#db/user-tables.ts';
import { type IdSource, newId } from '#platform/id.ts';

/** Makes the user a member of exactly the named teams; of two spellings the one that came first stays. */
export async function setTeams(
  tx: Tx,
  ids: IdSource,
  user: { readonly id: string; readonly application_id: string },
  names: readonly string[],
): Promise<void> {
  const wanted = byKey(names);
  const left = await teamsOf(tx, [user.id]);
  // Takes every team's row, those to be left too, always in one order: nobody else can then remove or fill one meanwhile.
  const all = [...new Map([...left, ...wanted])].sort(([a], [b]) => (a < b ? -1 : 1));
  const teamIds = new Map<string, string>();
  for (const [key, name] of all) teamIds.set(key, await takeTeam(tx, ids, user.application_id, name));
  await tx.deleteFrom('team_members').where('user_id', '=', user.id).execute();
  const members = [...wanted.keys()].flatMap((key) => teamIds.get(key) ?? []);
  if (members.length > 0)
    await tx
      .insertInto('team_members')
      .values(members.map((team_id) => ({ team_id, user_id: user.id })))
      .execute();
  await removeUnused(tx, [...teamIds.values()]);
}

/** Of many users of one application at once, each in exactly the named teams. @param users those who are in other teams so far */
export async function setTeamsOfMany(
  tx: Tx,
  dialect: Db['dialect'],
  ids: IdSource,
  applicationId: string,
  users: readonly { readonly id: string; readonly teams: readonly string[]; readonly isNew: boolean }[],
): Promise<void> {
  if (users.length === 0) return;
  const wanted = byKey(users.flatMap(({ teams }) => teams));
  const old = users.filter(({ isNew }) => !isNew).map(({ id }) => id);
  const left = old.length === 0 ? new Map<string, string>() : await teamsOf(tx, old);
  const all = [...new Map([...left, ...wanted])].sort(([a], [b]) => (a < b ? -1 : 1));
  const teamIds = new Map<string, string>();
  for (const [key, name] of all) teamIds.set(key, await takeTeam(tx, ids, applicationId, name));
  if (old.length > 0) await tx.deleteFrom('team_members').where('user_id', 'in', old).execute();
  const members = users.flatMap(({ id, teams }) =>
    [...byKey(teams).keys()].flatMap((key) => {
      const team = teamIds.get(key);
      return team === undefined ? [] : { team_id: team, user_id: id };
    }),
  );
  await insertRows(tx, dialect, 'team_members', members);
  const leftKeys = [...left.keys()].filter((key) => !wanted.has(key));
  await removeUnused(
    tx,
    leftKeys.flatMap((key) => teamIds.get(key) ?? []),
  );
}

function byKey(names: readonly string[]): Map<string, string> {
  const teams = new Map<string, string>();
  for (const name of names) if (!teams.has(nameKey(name))) teams.set(nameKey(name), name);
  return teams;
}

async function teamsOf(tx: Tx, userIds: readonly string[]): Promise<Map<string, string>> {
  const rows = await tx
    .selectFrom('teams')
    .innerJoin('team_members', 'team_members.team_id', 'teams.id')
    .select(['teams.name_key', 'teams.name'])
    .distinct()
    .where('team_members.user_id', 'in', userIds)
    .execute();
  return new Map(rows.map((row) => [row.name_key, row.name]));
}

/** The id of a team, made when missing; its row stays locked until the transaction ends. */
export async function takeTeam(tx: Tx, ids: IdSource, applicationId: string, name: string): Promise<string> {
  const { id } = await tx
    .insertInto('teams')
    .values(newTeam(ids, applicationId, name))
    .onConflict((c) =>
      c.columns(['application_id', 'name_key']).doUpdateSet((e) => ({ name: e.ref('teams.name') })),
    )
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** A row for a team that goes when nobody is in it. */
export function newTeam(ids: IdSource, applicationId: string, name: string): TeamTable {
  const now = ids.clock.now();
  const written = { created_at: now, updated_at: now };
  return {
    id: newId(ids, 'tem'),
    application_id: applicationId,
    name,
    name_key: nameKey(name),
    external_id: '',
    kept: 0,
    second_factor_required: 0,
    ...written,
  };
}

/** One that requires the second factor stays: whoever is put into it again is asked again. */
export async function removeUnused(tx: Tx, teamIds: readonly string[]): Promise<void> {
  if (teamIds.length === 0) return;
  await tx
    .deleteFrom('teams')
    .where('id', 'in', teamIds)
    .where('kept', '=', 0)
    .where('second_factor_required', '=', 0)
    .where((e) =>
      e.not(
        e.exists(
          e
            .selectFrom('team_policies')
            .select('source_id')
            .whereRef('team_policies.team_id', '=', 'teams.id'),
        ),
      ),
    )
    .where((e) =>
      e.not(
        e.exists(
          e.selectFrom('team_members').select('user_id').whereRef('team_members.team_id', '=', 'teams.id'),
        ),
      ),
    )
    .execute();
}
