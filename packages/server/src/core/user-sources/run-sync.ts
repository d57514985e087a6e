// A sync of all users with their directory, page by page at constant memory. A dry run does the same and undoes it. Whatever breaks before
// the directory has told of everybody, nobody is disabled for not having been told of.
import { toDisplayable } from '@countersign/contract/text.ts';
import type { SyncFailure } from '@countersign/contract/user-source-words.ts';
import type { Actor, AuditDeps } from '#core/audit/record-audit.ts';
import { keepTeamPolicies } from '#core/users/team-policies.ts';
import type { Tx } from '#db/db.ts';
import { isUniqueViolation } from '#db/unavailable.ts';
import { DirectoryUnavailable, type DirectoryUser } from './directory.ts';
import { type FollowDeps, followRecords } from './device-records/follow-records.ts';
import { withDevices } from './device-records/tell-records.ts';
import { disableUser, keepDirectoryUser, type KeptPerson } from './keep-directory-user.ts';
import { findUserNamed } from './source-users-store.ts';
import { countGone, noteProgress, noteSeen, selectGone, type SyncEnd } from './sync-store.ts';
import { createTally, type Kept, type SyncRow, type Tally } from './sync.ts';
import { directorySettings, type UserSourceRow } from './user-source.ts';
import type { AskDeps } from './verify-with-sources.ts';

export type SyncDeps = AskDeps & AuditDeps & FollowDeps;

export interface Sync {
  readonly row: SyncRow;
  readonly source: UserSourceRow;
  readonly actor: Actor;
  readonly disableMany: boolean;
}

/** People in one transaction: others wait no longer than for these. */
const together = 50;
/** Up to so many may go at once without anybody being asked. */
const fewUsers = 10;

/** The sync ends here, and why. */
export class SyncEnded extends Error {
  readonly failure: SyncFailure | 'stopped';

  constructor(failure: SyncFailure | 'stopped', detail = '') {
    super(detail);
    this.failure = failure;
  }
}

/** Never throws. */
export async function runSync(deps: SyncDeps, sync: Sync, signal: AbortSignal): Promise<SyncEnd> {
  const tally = createTally();
  const told = () => ({ counts: tally.counts(), changes: tally.changes() });
  try {
    await keepPolicies(deps, sync, signal);
    if (sync.row.username === null) await syncEverybody(deps, sync, tally, signal);
    else await syncOne(deps, sync, sync.row.username, tally, signal);
    return { status: 'done', failure: null, detail: '', ...told() };
  } catch (error) {
    if (signal.aborted) return { status: 'stopped', failure: 'node_stopped', detail: '', ...told() };
    if (error instanceof DirectoryUnavailable)
      return { status: 'failed', failure: 'directory_unavailable', detail: error.message, ...told() };
    if (!(error instanceof SyncEnded)) throw new SyncBroke(error, told());
    if (error.failure === 'stopped') return { status: 'stopped', failure: null, detail: '', ...told() };
    return { status: 'failed', failure: error.failure, detail: error.message, ...told() };
  }
}

/** A defect or a broken database; what was done until then is done. */
export class SyncBroke extends Error {
  readonly told: Pick<SyncEnd, 'counts' | 'changes'>;

  constructor(cause: unknown, told: Pick<SyncEnd, 'counts' | 'changes'>) {
    super('a sync of users broke', { cause });
    this.told = told;
  }
}

/** First, so that nobody is in a team before it is known what the team requires. */
async function keepPolicies(deps: SyncDeps, sync: Sync, signal: AbortSignal): Promise<void> {
  const settings = directorySettings(sync.source, deps.vault);
  if (settings.group_policy_attribute === '') return;
  const policies = await deps.directory.teamPolicies(settings, signal);
  const { id, name, application_id: applicationId, revision } = sync.source;
  const source = { id, name, applicationId, revision };
  await attempt(deps, sync, (tx) => keepTeamPolicies(tx, deps, sync.actor, source, policies));
}

async function syncEverybody(deps: SyncDeps, sync: Sync, tally: Tally, signal: AbortSignal): Promise<void> {
  const settings = directorySettings(sync.source, deps.vault);
  for await (const people of deps.directory.everyone(settings, signal))
    for (let from = 0; from < people.length; from += together) {
      signal.throwIfAborted();
      await keepPeople(deps, sync, tally, people.slice(from, from + together));
    }
  signal.throwIfAborted();
  if (tally.counts().listed === 0) throw new SyncEnded('nobody_listed');
  await disableGone(deps, sync, tally, signal);
}

async function keepPeople(
  deps: SyncDeps,
  sync: Sync,
  tally: Tally,
  people: readonly DirectoryUser[],
): Promise<void> {
  const kept = await attempt(deps, sync, async (tx) => {
    const all: KeptPerson[] = [];
    for (const person of people) all.push(...(await keepPerson(tx, deps, sync, person)));
    return all;
  });
  tally.listed(people.length);
  for (const each of kept) tally.add(forDryRun(sync, each.kept));
  const known = kept.flatMap(({ userId }) => userId ?? []);
  await deps.db.write(async (tx) => {
    await noteSeen(tx, sync.row.id, known);
    await goOn(tx, deps, sync, tally);
  });
}

/** The person, and the devices of which the directory has records. */
async function keepPerson(
  tx: Tx,
  deps: SyncDeps,
  { actor, source }: Sync,
  person: DirectoryUser,
): Promise<readonly KeptPerson[]> {
  const { kept, userId } = await keepDirectoryUser(tx, deps, actor, source, person);
  if (userId === undefined) return [{ kept, userId }];
  const followed = await followRecords(tx, deps, actor, source, { userId, person });
  return withDevices({ kept, userId }, followed, toDisplayable(person.username, 255));
}

/** Users that a dry run would have made do not exist. */
const forDryRun = ({ row }: Sync, kept: Kept): Kept =>
  row.dry_run === 1 && kept !== 'unchanged' && kept.kind === 'created' ? { ...kept, user_id: null } : kept;

async function disableGone(deps: SyncDeps, sync: Sync, tally: Tally, signal: AbortSignal): Promise<void> {
  const { gone, all } = await countGone(deps.db.read, sync.row);
  const isMany = gone > fewUsers && gone * 2 > all;
  if (isMany && !sync.disableMany && sync.row.dry_run === 0)
    throw new SyncEnded('too_many_gone', `${gone} of ${all}`);
  let after = '';
  for (;;) {
    signal.throwIfAborted();
    const page = await selectGone(deps.db.read, sync.row, after, together);
    const last = page.at(-1);
    if (!last) return;
    after = last.id;
    const kept = await attempt(deps, sync, async (tx) => {
      const changes: Kept[] = [];
      for (const user of page) changes.push(await disableUser(tx, deps, sync.actor, sync.source, user));
      return changes;
    });
    for (const each of kept) tally.add(each);
    await deps.db.write((tx) => goOn(tx, deps, sync, tally));
  }
}

async function syncOne(
  deps: SyncDeps,
  sync: Sync,
  username: string,
  tally: Tally,
  signal: AbortSignal,
): Promise<void> {
  const settings = directorySettings(sync.source, deps.vault);
  const answer = await deps.directory.lookUp(settings, username, signal, { anew: true, records: true });
  if (answer.kind === 'unavailable') throw new DirectoryUnavailable(answer.detail);
  if (answer.kind === 'found') return keepPeople(deps, sync, tally, [answer.user]);
  if (answer.kind === 'refused' && answer.reason === 'ambiguous_name') throw new SyncEnded('ambiguous');
  if (answer.kind === 'refused' && answer.user && answer.reason === 'too_many_groups')
    return keepPeople(deps, sync, tally, [{ ...answer.user, too_many_groups: true }]);
  if (answer.kind === 'refused' && answer.user)
    return keepPeople(deps, sync, tally, [{ ...answer.user, enabled: false }]);
  return disableNamed(deps, sync, username, tally);
}

/** Who is not found any more and once came from here. */
async function disableNamed(deps: SyncDeps, sync: Sync, username: string, tally: Tally): Promise<void> {
  const known = await findUserNamed(deps.db.read, sync.source, username);
  if (known?.enabled !== 1) return tally.add('unchanged');
  const user = { id: known.id, username: known.username };
  tally.add(await attempt(deps, sync, (tx) => disableUser(tx, deps, sync.actor, sync.source, user)));
}

/** Carries what a dry run found out past the transaction that is undone. */
class Undone<T> extends Error {
  readonly result: T;

  constructor(result: T) {
    super('a dry run');
    this.result = result;
  }
}

const tries = 3;

/** In one transaction, undone in a dry run. Somebody else may make the same user at the same moment: then it is done anew. */
async function attempt<T>(deps: SyncDeps, sync: Sync, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried += 1)
    try {
      return await deps.db.write(async (tx) => {
        await requireCurrent(tx, sync);
        const result = await work(tx);
        if (sync.row.dry_run === 1) throw new Undone(result);
        return result;
      });
    } catch (error) {
      if (error instanceof Undone) return error.result as T;
      if (!isUniqueViolation(error) || tried === tries) throw error;
    }
}

/** A source that is changed is another one: nothing more is done by the old settings. And nothing by whoever was taken for dead. */
async function requireCurrent(tx: Tx, { row, source }: Sync): Promise<void> {
  const now = await tx
    .selectFrom('user_source_syncs as y')
    .innerJoin('user_sources as s', 's.id', 'y.source_id')
    .select(['y.status', 's.revision', 's.enabled'])
    .where('y.id', '=', row.id)
    .executeTakeFirst();
  if (now?.revision !== source.revision || now.enabled === 0) throw new SyncEnded('source_changed');
  if (now.status !== 'running') throw new SyncEnded('stopped');
}

async function goOn(tx: Tx, { clock }: SyncDeps, { row }: Sync, tally: Tally): Promise<void> {
  if (!(await noteProgress(tx, row.id, { now: clock.now(), counts: tally.counts() })))
    throw new SyncEnded('stopped');
}
