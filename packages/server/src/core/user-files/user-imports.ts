// Imports of files of users: read, started, shown while they go on, cancelled and forgotten.
import type { ImportMode, UserFileFormat, UserImport } from '@countersign/contract/user-files.ts';
import { userFileLimits as limits } from '@countersign/contract/user-files.ts';
import type { Actor } from '#core/audit/record-audit.ts';
import { asOwnerGone } from '#db/owning-application.ts';
import { newId } from '#platform/id.ts';
import { Problem } from '#platform/problem.ts';
import type { StopSignal } from '#platform/stop-signal.ts';
import { abandonedMs, createImportJobs, type ImportJobs, type ImportJobsDeps } from './import-jobs.ts';
import * as store from './import-store.ts';
import { type ImportDeps, importUsers } from './import-users.ts';
import { readUserFile } from './read-user-file.ts';
import { isUnderWay, newImport, type Progress } from './user-import.ts';

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
  /** Cancels what is under way and waits for its end. */
  stop(): Promise<void>;
}

export type UserImportsDeps = ImportDeps & ImportJobsDeps;

const forgetReadyMs = 3_600_000;
const forgetEndedMs = 24 * 3_600_000;
const lookMs = 500;

export function createUserImports(deps: UserImportsDeps): UserImports {
  const { db, clock, runner } = deps;
  const jobs = createImportJobs(deps);
  return {
    read: (visible, applicationId, file) => read(deps, jobs, visible, applicationId, file),
    start: (actor, visible, id, mode) => start(deps, jobs, actor, visible, id, mode),
    async show(visible, id, waitMs = 0, signal) {
      const until = clock.monotonic() + waitMs;
      for (;;) {
        const shown = await find(deps, jobs, visible, id);
        const left = until - clock.monotonic();
        if (!isUnderWay(shown) || left <= 0 || signal?.aborted === true) return shown;
        await pauseUnless(jobs.find(id)?.ended, Math.min(left, lookMs));
      }
    },
    async remove(visible, id) {
      await find(deps, jobs, visible, id);
      const job = jobs.find(id);
      job?.stop.abort();
      await job?.ended;
      await db.write((tx) => store.removeImport(tx, id));
    },
    async forget() {
      const now = clock.now();
      await db.write(async (tx) => {
        if (jobs.isIdle()) await store.failAbandoned(tx, { before: now - abandonedMs });
        await store.forgetImports(tx, now - forgetReadyMs, now - forgetEndedMs);
      });
    },
    recover: () => db.write((tx) => store.failAbandoned(tx, { runner })),
    stop: jobs.stop,
  };
}

async function find(
  { db }: Pick<UserImportsDeps, 'db'>,
  jobs: ImportJobs,
  visible: string | null,
  id: string,
): Promise<UserImport> {
  // A job is gone only when its end is written.
  const running = jobs.find(id)?.progress;
  if (running && (visible === null || visible === running.application_id)) return { ...running };
  const shown = await store.selectImport(db.read, visible, id);
  if (!shown) throw new Problem('not_found');
  return shown;
}

async function read(
  deps: UserImportsDeps,
  jobs: ImportJobs,
  visible: string | null,
  applicationId: string,
  { format, bytes, content }: UserFile,
): Promise<UserImport> {
  const { db, clock, runner } = deps;
  if (visible !== null && visible !== applicationId) throw new Problem('not_found');
  return jobs.prepare(async () => {
    const known = { id: newId(deps, 'uim'), application_id: applicationId, format, bytes };
    const progress = newImport({ ...known, created_at: clock.now() });
    await db.write((tx) => store.insertImport(tx, runner, progress)).catch(asOwnerGone);
    jobs.begin(progress, 'ready', (signal) => readUserFile(deps, progress, content, signal));
    return { ...progress };
  });
}

async function start(
  deps: UserImportsDeps,
  jobs: ImportJobs,
  actor: Actor,
  visible: string | null,
  id: string,
  mode: ImportMode,
): Promise<UserImport> {
  const { db, clock, runner } = deps;
  const shown = await find(deps, jobs, visible, id);
  if (shown.state !== 'ready') throw new Problem('import_not_ready');
  if (mode === 'all_or_nothing' && shown.failed > 0) throw new Problem('import_has_errors');
  if (mode === 'all_or_nothing' && shown.rows > limits.rowsAtOnce) throw new Problem('import_too_large');
  return jobs.prepare(async () => {
    if (!(await db.write((tx) => store.takeReady(tx, runner, id, clock.now()))))
      throw new Problem('import_not_ready');
    const progress: Progress = { ...shown, state: 'importing', mode };
    const target = { importId: id, applicationId: shown.application_id, actor };
    jobs.begin(progress, 'done', (signal) => importUsers(deps, runner, progress, target, mode, signal));
    return { ...progress };
  });
}

const pauseUnless = (ended: Promise<void> | undefined, ms: number): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    void ended?.then(() => (clearTimeout(timer), resolve()));
  });
