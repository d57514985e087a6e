// What directories say of teams: whether their members are asked on the phone. Each user source speaks for itself, and takes back only what
// it said itself, and only by saying so: silence may be a lost right to read. What is set here is not touched.
import { nameKey } from '@countersign/contract/text.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { Read, Tx } from '#db/db.ts';
import type { TeamPolicyTable } from '#db/user-tables.ts';
import { removeUnused, takeTeam } from './team-store.ts';

/** What a directory says of the group that a team stands for. */
export interface TeamPolicy {
  readonly team: string;
  /** Null: nothing is there to be read, so that what was said before counts. */
  readonly required: boolean | null;
}

export interface PolicySource {
  readonly id: string;
  /** For the audit trail. */
  readonly name: string;
  readonly applicationId: string;
  /** Of its settings when it was asked. */
  readonly revision: number;
}

/** Whether members are asked, whoever says so. */
export async function requiresSecondFactor(read: Read, teamId: string): Promise<boolean> {
  const row = await read
    .selectFrom('teams')
    .select('id')
    .where('id', '=', teamId)
    .where((e) =>
      e.or([
        e('second_factor_required', '=', 1),
        e.exists(e.selectFrom('team_policies').select('team_id').whereRef('team_id', '=', 'teams.id')),
      ]),
    )
    .executeTakeFirst();
  return row !== undefined;
}

interface KeptPolicy {
  readonly id: string;
  readonly name: string;
  readonly unreadAt: number | null;
}

/** Teams that the source says of that members are asked, by their key. */
async function keptPolicies(read: Read, sourceId: string): Promise<Map<string, KeptPolicy>> {
  const rows = await read
    .selectFrom('team_policies as p')
    .innerJoin('teams as t', 't.id', 'p.team_id')
    .select(['t.id', 't.name', 't.name_key', 'p.unread_at'])
    .where('p.source_id', '=', sourceId)
    .execute();
  return new Map(
    rows.map(({ name_key: key, id, name, unread_at: unreadAt }) => [key, { id, name, unreadAt }]),
  );
}

/** What is to be kept of a team from now on. */
interface News {
  readonly name: string;
  readonly key: string;
  readonly is: 'required' | 'unread' | 'read_again' | 'taken_back';
}

/** In the order of the keys, as wherever rows of teams are taken. */
function newsOf(kept: ReadonlyMap<string, KeptPolicy>, policies: readonly TeamPolicy[]): readonly News[] {
  const said = Map.groupBy(policies, ({ team }) => nameKey(team));
  const news = [...said].flatMap(([key, groups]): News[] => {
    const before = kept.get(key);
    const is = newsOfTeam(before, groups);
    const name = before?.name ?? groups[0]?.team ?? '';
    return is === undefined ? [] : [{ name, key, is }];
  });
  return news.sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** Of several groups that stand for one team, one that requires it is enough; it is taken back only where all of them say so. */
function newsOfTeam(before: KeptPolicy | undefined, groups: readonly TeamPolicy[]): News['is'] | undefined {
  if (groups.some(({ required }) => required === true)) {
    if (!before) return 'required';
    return before.unreadAt === null ? undefined : 'read_again';
  }
  if (!before) return undefined;
  if (groups.every(({ required }) => required === false)) return 'taken_back';
  return before.unreadAt === null ? 'unread' : undefined;
}

/**
 * Whether the source says something else now than what is kept. That it is read again is for a sync to note: of two servers of one
 * directory one may have the attribute and the other not, and logins would write that to and fro.
 * @param policies of all its groups
 */
export async function differFromKept(
  read: Read,
  sourceId: string,
  policies: readonly TeamPolicy[],
): Promise<boolean> {
  return newsOf(await keptPolicies(read, sourceId), policies).some(({ is }) => is !== 'read_again');
}

/**
 * Keeps what the source says; a team that requires it is made before anybody is in it. Nothing is kept of a source that was changed or
 * deleted since it was asked.
 * @param policies of all its groups
 */
export async function keepTeamPolicies(
  tx: Tx,
  deps: AuditDeps,
  actor: Actor,
  source: PolicySource,
  policies: readonly TeamPolicy[],
): Promise<void> {
  const current = await tx
    .selectFrom('user_sources')
    .select('id')
    .where('id', '=', source.id)
    .where('revision', '=', source.revision)
    .executeTakeFirst();
  if (!current) return;
  for (const { name, is } of newsOf(await keptPolicies(tx, source.id), policies)) {
    const id = await takeTeam(tx, deps, source.applicationId, name);
    const unread_at = is === 'unread' ? deps.clock.now() : null;
    if (is === 'taken_back') await takeBack(tx, id, source.id);
    else await keep(tx, { team_id: id, source_id: source.id, unread_at });
    const told = {
      name,
      changed: ['required_by'],
      second_factor_required: await requiresSecondFactor(tx, id),
      source: source.name,
      ...((is === 'unread' || is === 'read_again') && { unread: is === 'unread' }),
    };
    const about = { actor, applicationId: source.applicationId, subjectId: id };
    await recordAudit(tx, deps, { event: 'team.changed', ...about, data: told });
    if (is === 'taken_back') await removeUnused(tx, [id]);
  }
}

const keep = (tx: Tx, row: TeamPolicyTable) =>
  tx
    .insertInto('team_policies')
    .values(row)
    .onConflict((c) => c.columns(['team_id', 'source_id']).doUpdateSet({ unread_at: row.unread_at }))
    .execute();

/**
 * A source that no longer says anything of some teams, or goes: what it said last stays, as if it were set here, so that nobody is let in
 * for want of somebody who says otherwise.
 * @param still teams of which it goes on to say something
 */
export async function keepPoliciesHere(
  tx: Tx,
  deps: AuditDeps,
  actor: Actor,
  source: Pick<PolicySource, 'id' | 'applicationId'>,
  still: readonly string[],
): Promise<void> {
  const speaks = new Set(still.map(nameKey));
  const kept = [...(await keptPolicies(tx, source.id))].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [key, { id, name }] of kept) {
    if (speaks.has(key)) continue;
    await tx
      .updateTable('teams')
      .set({ second_factor_required: 1, updated_at: deps.clock.now() })
      .where('id', '=', id)
      .execute();
    await takeBack(tx, id, source.id);
    await recordAudit(tx, deps, {
      event: 'team.changed',
      actor,
      applicationId: source.applicationId,
      subjectId: id,
      data: { name, changed: ['second_factor_required', 'required_by'], second_factor_required: true },
    });
  }
}

async function takeBack(tx: Tx, teamId: string, sourceId: string): Promise<void> {
  await tx
    .deleteFrom('team_policies')
    .where('team_id', '=', teamId)
    .where('source_id', '=', sourceId)
    .execute();
}

/** Whether a directory said something of the team and says nothing of it any more. */
export async function hasUnread(read: Read, teamId: string): Promise<boolean> {
  const row = await read
    .selectFrom('team_policies')
    .select('source_id')
    .where('team_id', '=', teamId)
    .where('unread_at', 'is not', null)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * Takes back what directories said and say nothing of any more.
 * @returns the names of their sources
 */
export async function takeBackUnread(tx: Tx, teamId: string): Promise<readonly string[]> {
  const unread = await tx
    .selectFrom('team_policies as p')
    .innerJoin('user_sources as s', 's.id', 'p.source_id')
    .select('s.name')
    .where('p.team_id', '=', teamId)
    .where('p.unread_at', 'is not', null)
    .orderBy('s.position')
    .execute();
  await tx
    .deleteFrom('team_policies')
    .where('team_id', '=', teamId)
    .where('unread_at', 'is not', null)
    .execute();
  return unread.map(({ name }) => name);
}
