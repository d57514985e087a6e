// Imports what was read: all of it in one transaction, or what can go in, a few hundred users at a time.
import { setImmediate } from 'node:timers/promises';
import type { ImportMode } from '@countersign/contract/user-files.ts';
import { recordAudit } from '#core/audit/record-audit.ts';
import type { Passwords } from '#core/users/passwords.ts';
import type { Read, Tx } from '#db/db.ts';
import { type Applied, type ApplyDeps, applyUsers, importChain, type Target } from './apply-users.ts';
import { FileFailure } from './file-failure.ts';
import { hashPasswords } from './hash-passwords.ts';
import { readPiece, removePieces, updateImport } from './import-store.ts';
import { type Progress, refuseCancelled } from './user-import.ts';

export interface ImportDeps extends ApplyDeps {
  readonly passwords: Passwords;
}

/** @param runner who works on it. @throws FileFailure, Unavailable; of all or nothing, nothing was written then */
export async function importUsers(
  deps: ImportDeps,
  runner: string,
  progress: Progress,
  target: Target,
  mode: ImportMode,
  signal: AbortSignal,
): Promise<void> {
  await hashPasswords(deps, progress, signal);
  const run = { deps, runner, progress, target, mode, signal };
  await (mode === 'all_or_nothing' ? importAtOnce(run) : importInPieces(run));
  // Nobody reads them any more; what they take is not worth the time of the transaction.
  await deps.db.write((tx) => removePieces(tx, target.importId));
}

interface Run {
  readonly deps: ImportDeps;
  readonly runner: string;
  readonly progress: Progress;
  readonly target: Target;
  readonly mode: ImportMode;
  readonly signal: AbortSignal;
}

/** SQLite has one writer at a time: logins wait for the end of the transaction, and longer than this they must not. */
const maxHeldMs = 30_000;

async function importAtOnce(run: Run): Promise<void> {
  const { db, clock } = run.deps;
  await db.write(async (tx) => {
    const began = clock.monotonic();
    // PostgreSQL may have us begin anew.
    beginCounting(run.progress);
    for (let number = 0; await importPiece(tx, tx, run, number); number += 1) {
      refuseCancelled(run.signal);
      if (db.dialect === 'sqlite' && clock.monotonic() - began > maxHeldMs)
        throw new FileFailure('took_too_long');
      // Whoever only reads goes on meanwhile.
      await setImmediate();
    }
    await finish(tx, run);
  });
}

async function importInPieces(run: Run): Promise<void> {
  const { db } = run.deps;
  beginCounting(run.progress);
  for (let number = 0; ; number += 1) {
    refuseCancelled(run.signal);
    if (!(await db.write((tx) => importPiece(db.read, tx, run, number)))) break;
  }
  await db.write((tx) => finish(tx, run));
}

function beginCounting(progress: Progress): void {
  Object.assign(progress, { rows_done: progress.failed, created: 0, updated: 0, unchanged: 0, disabled: 0 });
}

/** @returns false behind the last piece */
async function importPiece(read: Read, tx: Tx, run: Run, number: number): Promise<boolean> {
  const { deps, target, progress } = run;
  const users = await readPiece(read, deps.vault, target.importId, number);
  if (!users) return false;
  const applied = await applyUsers(tx, deps, target, users);
  for (const count of Object.keys(applied) as (keyof Applied)[]) progress[count] += applied[count];
  progress.rows_done += users.length;
  return true;
}

/** @throws FileFailure application_gone */
async function finish(tx: Tx, { deps, runner, progress, target, mode }: Run): Promise<void> {
  const { created, updated, unchanged, failed, rows } = progress;
  const now = deps.clock.now();
  await recordAudit(tx, importChain(deps), {
    event: 'user.file_imported',
    actor: target.actor,
    applicationId: target.applicationId,
    subjectId: target.importId,
    data: { mode, rows, created, updated, unchanged, skipped: failed, file_sha256: progress.file_digest },
  });
  const done = { ...progress, state: 'done' as const, ended_at: now };
  if (!(await updateImport(tx, runner, done, now))) throw new FileFailure('application_gone');
}
