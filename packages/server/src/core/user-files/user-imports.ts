// The imports that this process works on: one at a time, in the background, told about while it goes on, ended when the server stops.
import type { ImportMode, UserFileFormat, UserImport } from '@countersign/contract/user-files.ts';
import { userFileLimits as limits } from '@countersign/contract/user-files.ts';
import type { Actor } from '#core/audit/record-audit.ts';
import { isStillReferred } from '#db/unavailable.ts';
import { newId } from '#platform/id.ts';
import { Problem, Unavailable } from '#platform/problem.ts';
import type { StopSignal } from '#platform/stop-signal.ts';
import { FileFailure } from './file-failure.ts';
import { type ImportDeps, importUsers } from './import-users.ts';
import * as store from './import-store.ts';
import { readUserFile } from './read-user-file.ts';
import { failureOf, isUnderWay, newImport, type Progress } from './user-import.ts';

export interface UserFile {
  readonly format: UserFileFormat;
  readonly bytes: number;
  readonly content: AsyncIterable<Uint8Array>;
}

export interface UserImports {
  /** Begins to read a file. @throws Problem not_found (the application), import_running */
  read(visible: string | null, applicationId: string, file: UserFile): Promise<UserImport>;
  /** @throws Problem not_found, import_running, import_not_ready, import_has_errors, import_too_large */
  start(actor: Actor, visible: string | null, id: string, mode: ImportMode): Promise<UserImport>;
  /** @param waitMs answers when it has ended, or after so long. @throws Problem not_found */
  show(visible: string | null, id: string, waitMs?: number, signal?: StopSignal): Promise<UserImport>;
  /** Cancels it and forgets it. @throws Problem not_found */
  remove(visible: string | null, id: string): Promise<void>;
  /** Lets go of what is old, and of what nobody works on any more. */
  forget(): Promise<void>;
  /** What a process of this name left when it was killed has failed. */
  recover(): Promise<void>;
  stop(): Promise<void>;
}

export interface UserImportsDeps extends ImportDeps {
  /** Told of what is neither the file’s fault nor the database’s. */
  readonly failed: (error: unknown) => void;
  /** Name of this node, or `console`. */
  readonly runner: string;
}

interface Job {
  readonly progress: Progress;
  readonly stop: AbortController;
  ended: Promise<void>;
}

const touchMs = 2000;
/** Whoever did not touch it for so long does not work on it any more. */
const abandonedMs = 60_000;
const forgetReadyMs = 3_600_000;
const forgetEndedMs = 24 * 3_600_000;
const lookMs = 500;

export function createUserImports(deps: UserImportsDeps): UserImports {
  const { db, clock, runner } = deps;
  const jobs = new Map<string, Job>();

  const begin = (
    progress: Progress,
    end: 'ready' | 'done',
    work: (signal: AbortSignal) => Promise<void>,
  ): void => {
    const stop = new AbortController();
    const job: Job = { progress, stop, ended: Promise.resolve() };
    jobs.set(progress.id, job);
    job.ended = workOff(deps, progress, end, () => work(stop.signal)).finally(() => jobs.delete(progress.id));
  };

  const find = async (visible: string | null, id: string): Promise<UserImport> => {
    // A job is gone only when its end is written.
    const running = jobs.get(id)?.progress;
    if (running && (visible === null || visible === running.application_id)) return { ...running };
    const shown = await store.selectImport(db.read, visible, id);
    if (!shown) throw new Problem('not_found');
    return shown;
  };

  const refuseSecond = async (): Promise<void> => {
    const since = clock.now() - abandonedMs;
    if (jobs.size > 0 || (await store.isOneUnderWay(db.read, since))) throw new Problem('import_running');
  };

  return {
    async read(visible, applicationId, { format, bytes, content }) {
      if (visible !== null && visible !== applicationId) throw new Problem('not_found');
      await refuseSecond();
      const known = { id: newId(deps, 'uim'), application_id: applicationId, format, bytes };
      const progress = newImport({ ...known, created_at: clock.now() });
      await db.write((tx) => store.insertImport(tx, runner, progress)).catch(asNotFound);
      begin(progress, 'ready', (signal) => readUserFile(deps, progress, content, signal));
      return { ...progress };
    },

    async start(actor, visible, id, mode) {
      const shown = await find(visible, id);
      if (shown.state !== 'ready') throw new Problem('import_not_ready');
      if (mode === 'all_or_nothing' && shown.failed > 0) throw new Problem('import_has_errors');
      if (mode === 'all_or_nothing' && shown.rows > limits.rowsAtOnce) throw new Problem('import_too_large');
      await refuseSecond();
      if (!(await db.write((tx) => store.takeReady(tx, runner, id, clock.now()))))
        throw new Problem('import_not_ready');
      const progress: Progress = { ...shown, state: 'importing', mode };
      const target = { importId: id, applicationId: shown.application_id, actor };
      begin(progress, 'done', (signal) => importUsers(deps, runner, progress, target, mode, signal));
      return { ...progress };
    },

    async show(visible, id, waitMs = 0, signal) {
      const until = clock.monotonic() + waitMs;
      for (;;) {
        const shown = await find(visible, id);
        const left = until - clock.monotonic();
        if (!isUnderWay(shown) || left <= 0 || signal?.aborted === true) return shown;
        await pauseUnless(jobs.get(id)?.ended, Math.min(left, lookMs));
      }
    },

    async remove(visible, id) {
      await find(visible, id);
      const job = jobs.get(id);
      job?.stop.abort();
      await job?.ended;
      await db.write((tx) => store.removeImport(tx, id));
    },

    async forget() {
      const now = clock.now();
      await db.write(async (tx) => {
        if (jobs.size === 0) await store.failAbandoned(tx, { before: now - abandonedMs });
        await store.forgetImports(tx, now - forgetReadyMs, now - forgetEndedMs);
      });
    },

    recover: () => db.write((tx) => store.failAbandoned(tx, { runner })),

    async stop() {
      const all = [...jobs.values()];
      for (const { stop } of all) stop.abort();
      await Promise.all(all.map(({ ended }) => ended));
    },
  };
}

/** The application went away, or never was. */
function asNotFound(error: unknown): never {
  throw isStillReferred(error) ? new Problem('not_found') : error;
}

const pauseUnless = (ended: Promise<void> | undefined, ms: number): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    void ended?.then(() => (clearTimeout(timer), resolve()));
  });

/** Works and writes down, now and then and at the end, how far it is. Never throws. */
async function workOff(
  deps: UserImportsDeps,
  progress: Progress,
  end: 'ready' | 'done',
  work: () => Promise<void>,
): Promise<void> {
  const { db, clock, runner, failed } = deps;
  const write = (shown: UserImport) =>
    db.write((tx) => store.updateImport(tx, runner, shown, clock.now())).catch(failed);
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
  if (failure) await db.write((tx) => store.removePieces(tx, progress.id)).catch(failed);
}

function toFailure(error: unknown, failed: (error: unknown) => void): UserImport['failure'] {
  if (error instanceof FileFailure) return failureOf(error.code, error.line);
  if (isStillReferred(error)) return failureOf('application_gone');
  failed(error);
  return failureOf(error instanceof Unavailable ? 'unavailable' : 'defect');
}
