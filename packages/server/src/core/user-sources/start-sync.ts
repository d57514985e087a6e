// Begins a sync, lets it go on by itself, and writes down how it ended. One of a source at a time, over all nodes.
import type { StartSync, UserSourceSyncWithChanges } from '@countersign/contract/user-source-models.ts';
import { type Actor, recordAudit } from '#core/audit/record-audit.ts';
import { isUniqueViolation } from '#db/unavailable.ts';
import { newId } from '#platform/id.ts';
import { Problem } from '#platform/problem.ts';
import { runSync, type Sync, SyncBroke, type SyncDeps } from './run-sync.ts';
import { endSilent, endSync, forgetOldSyncs, insertSync, requireSync, type SyncEnd } from './sync-store.ts';
import { noCounts, type SyncRow, toSyncWithChanges } from './sync.ts';
import type { UserSourceRow } from './user-source.ts';
import { requireUserSource } from './user-source-store.ts';

/** A sync says at each page that it is at work; a directory answers within a minute or is given up. */
const silentMs = 180_000;
const keptSyncs = 50;

export interface SyncRunner {
  /**
   * @param visible id of the only application that the caller may see; null for all.
   * @returns the sync as it begins and how it ends. @throws Problem not_found, sync_running, source_disabled, source_only_checks
   */
  begin(actor: Actor, visible: string | null, sourceId: string, input: StartSync): Promise<BegunSync>;
  /** Ends those that run here, and waits for them. */
  stop(): Promise<void>;
}

export interface BegunSync {
  readonly id: string;
  /** Resolves when it has ended; never rejects. */
  readonly ended: Promise<void>;
}

/** @param broke told of what no administrator can mend */
export function createSyncRunner(deps: SyncDeps, broke: (error: unknown) => void): SyncRunner {
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  return {
    async begin(actor, visible, sourceId, input) {
      const source = await requireUserSource(deps.db.read, visible, sourceId);
      if (source.kind === 'radius') throw new Problem('source_only_checks');
      if (source.enabled === 0) throw new Problem('source_disabled');
      const row = await insertRunning(deps, source, input);
      const sync = { row, source, actor, disableMany: input.disable_many };
      const ended = runToEnd(deps, sync, stopping.signal).catch(broke);
      running.add(ended);
      void ended.finally(() => running.delete(ended));
      return { id: row.id, ended };
    },
    async stop() {
      stopping.abort();
      await Promise.all(running);
    },
  };
}

/** @throws Problem sync_running */
async function insertRunning(deps: SyncDeps, source: UserSourceRow, input: StartSync): Promise<SyncRow> {
  const now = deps.clock.now();
  const row: SyncRow = {
    id: newId(deps, 'syn'),
    source_id: source.id,
    username: input.username ?? null,
    dry_run: input.dry_run ? 1 : 0,
    status: 'running',
    failure: null,
    detail: '',
    counts: JSON.stringify(noCounts),
    changes: '[]',
    started_at: now,
    alive_at: now,
    ended_at: null,
  };
  await deps.db
    .write(async (tx) => {
      await endSilent(tx, source.id, now - silentMs, now);
      await insertSync(tx, row);
      await forgetOldSyncs(tx, source.id, keptSyncs);
    })
    .catch((error: unknown) => {
      throw isUniqueViolation(error) ? new Problem('sync_running') : error;
    });
  return row;
}

async function runToEnd(deps: SyncDeps, sync: Sync, signal: AbortSignal): Promise<void> {
  try {
    await writeEnd(deps, sync, await runSync(deps, sync, signal));
  } catch (error) {
    if (!(error instanceof SyncBroke)) throw error;
    await writeEnd(deps, sync, { status: 'failed', failure: 'internal_error', detail: '', ...error.told });
    throw error.cause;
  }
}

async function writeEnd(deps: SyncDeps, { row, source, actor }: Sync, end: SyncEnd): Promise<void> {
  await deps.db.write(async (tx) => {
    const ended = await endSync(tx, row.id, end, deps.clock.now());
    const { status, failure } = ended ?? end;
    await recordAudit(tx, deps, {
      event: 'user_source.synced',
      actor,
      applicationId: source.application_id,
      subjectId: source.id,
      data: {
        name: source.name,
        status,
        ...(failure !== null && { failure }),
        ...(row.dry_run === 1 && { dry_run: true }),
        ...(row.username !== null && { username: row.username }),
        ...end.counts,
      },
    });
  });
}

/** One user: the answer waits for the end. All: it says how to follow. @throws Problem not_found, sync_running, source_disabled */
export async function startSync(
  deps: Pick<SyncDeps, 'db'> & { readonly syncs: SyncRunner },
  actor: Actor,
  visible: string | null,
  sourceId: string,
  input: StartSync,
): Promise<UserSourceSyncWithChanges> {
  const { id, ended } = await deps.syncs.begin(actor, visible, sourceId, input);
  if (input.username !== undefined) await ended;
  return toSyncWithChanges(await requireSync(deps.db.read, visible, id));
}
