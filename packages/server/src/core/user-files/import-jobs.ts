// The work on files of users that this process has under way: one file at a time, in the background, written down now and then.
import type { UserImport } from '@countersign/contract/user-files.ts';
import type { Db } from '#db/db.ts';
import { isStillReferred } from '#db/unavailable.ts';
import type { Clock } from '#platform/clock.ts';
import { Problem, Unavailable } from '#platform/problem.ts';
import { FileFailure } from './file-failure.ts';
import { isOneUnderWay, removePieces, updateImport } from './import-store.ts';
import { failureOf, type Progress } from './user-import.ts';

export interface ImportJobsDeps {
  readonly db: Db;
  readonly clock: Clock;
  /** Told of what is neither the file’s fault nor the database’s. */
  readonly failed: (error: unknown) => void;
  /** Name of this node, or `console`. */
  readonly runner: string;
}

export interface ImportJob {
  readonly progress: Progress;
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

type Work = (signal: AbortSignal) => Promise<void>;

export interface ImportJobs {
  /** Prepares a job when no other is under way, here or elsewhere. @throws Problem import_running */
  prepare<T>(work: () => Promise<T>): Promise<T>;
  /** @param end what it is when the work went well */
  begin(progress: Progress, end: 'ready' | 'done', work: Work): void;
  find(id: string): ImportJob | undefined;
  isIdle(): boolean;
  stop(): Promise<void>;
}

const touchMs = 2000;
/** Whoever did not touch it for so long does not work on it any more. */
export const abandonedMs = 60_000;

export function createImportJobs(deps: ImportJobsDeps): ImportJobs {
  const { db, clock } = deps;
  const jobs = new Map<string, ImportJob>();
  let isPreparing = false;
  return {
    async prepare(work) {
      if (isPreparing || jobs.size > 0) throw new Problem('import_running');
      isPreparing = true;
      try {
        if (await isOneUnderWay(db.read, clock.now() - abandonedMs)) throw new Problem('import_running');
        return await work();
      } finally {
        isPreparing = false;
      }
    },
    begin(progress, end, work) {
      const stop = new AbortController();
      const ended = workOff(deps, progress, end, () => work(stop.signal)).finally(() =>
        jobs.delete(progress.id),
      );
      jobs.set(progress.id, { progress, stop, ended });
    },
    find: (id) => jobs.get(id),
    isIdle: () => jobs.size === 0,
    async stop() {
      const all = [...jobs.values()];
      for (const { stop } of all) stop.abort();
      await Promise.all(all.map(({ ended }) => ended));
    },
  };
}

/** Works and writes down, now and then and at the end, how far it is. Never throws. */
async function workOff(
  deps: ImportJobsDeps,
  progress: Progress,
  end: 'ready' | 'done',
  work: () => Promise<void>,
): Promise<void> {
  const { db, clock, runner, failed } = deps;
  const write = (shown: UserImport) =>
    db.write((tx) => updateImport(tx, runner, shown, clock.now())).catch(failed);
  let writing: Promise<unknown> | undefined;
  const timer = setInterval(() => {
    // On SQLite it waits behind a transaction that takes long; one of them is enough.
    writing ??= write(progress).finally(() => {
      writing = undefined;
    });
  }, touchMs);
  const failure = await work().then(
    () => null,
    (error: unknown) => toFailure(error, failed),
  );
  clearInterval(timer);
  await writing;
  const state = failure ? 'failed' : end;
  await write({ ...progress, state, failure, ended_at: state === 'ready' ? null : clock.now() });
  if (failure) await db.write((tx) => removePieces(tx, progress.id)).catch(failed);
}

function toFailure(error: unknown, failed: (error: unknown) => void): UserImport['failure'] {
  if (error instanceof FileFailure) return failureOf(error.code, error.line);
  if (isStillReferred(error)) return failureOf('application_gone');
  failed(error);
  return failureOf(error instanceof Unavailable ? 'unavailable' : 'defect');
}
