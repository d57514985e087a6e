// Ends onboarding processes whose time is over or whose application requires something else by now, and lets old ones go: anybody can begin
// one, so nothing of them stays for ever.
import { recordAudit, type AuditDeps } from '#core/audit/record-audit.ts';
import type { Db } from '#db/db.ts';
import type { Bus } from '#platform/bus.ts';
import type { RequiringApplication } from './application-requirements.ts';
import { type ProcessRow, processTopic } from './process.ts';
import { type End, endProcess } from './process-store.ts';
import { type ProcessStep, writeProcessSteps } from './process-steps.ts';

export type CloseDeps = AuditDeps & { readonly db: Db; readonly bus: Bus };

/** @returns whether an open process was, or had to be, ended. */
export async function endIfOver(
  deps: CloseDeps,
  process: ProcessRow,
  { requirements }: Pick<RequiringApplication, 'requirements'>,
): Promise<boolean> {
  if (process.status !== 'open') return false;
  if (process.expires_at <= deps.clock.now()) {
    await expire(deps, process);
    return true;
  }
  if (process.requirements_revision === requirements.revision) return false;
  // It was begun in the moment when the requirements were changed.
  const end: End = { status: 'destroyed', ending: 'requirements_changed' };
  await close(deps, process, end, { code: 'requirements_changed' });
  return true;
}

const expire = (deps: CloseDeps, process: ProcessRow): Promise<void> =>
  close(deps, process, { status: 'expired', ending: 'expired' }, { code: 'expired' });

async function close(deps: CloseDeps, process: ProcessRow, end: End, step: ProcessStep): Promise<void> {
  const now = deps.clock.now();
  const steps = writeProcessSteps(now, 'system', [step]);
  await deps.db.write(async (tx) => {
    const row = await endProcess(tx, process.id, end, { steps, now });
    // Whoever only knocked is not worth an event that is kept for ever.
    if (!row || isIdle(row)) return;
    await recordAudit(tx, deps, {
      event: end.status === 'expired' ? 'onboarding.expired' : 'onboarding.destroyed',
      actor: { kind: 'system' },
      applicationId: row.application_id,
      subjectId: row.id,
      data: { reason: end.ending, user_id: row.user_id, username: row.username },
    });
  });
  deps.bus.wake(processTopic(process.id));
}

/** Nothing was met, and nobody was asked anything. */
const isIdle = ({ position, username }: ProcessRow): boolean => position === 0 && username === '';

const batch = 200;

/** Ends every process whose time is over. */
export async function expireProcesses(deps: CloseDeps): Promise<void> {
  for (;;) {
    const rows = await deps.db.read
      .selectFrom('onboarding_processes')
      .selectAll()
      .where('status', '=', 'open')
      .where('expires_at', '<=', deps.clock.now())
      .orderBy('expires_at')
      .limit(batch)
      .execute();
    for (const row of rows) await expire(deps, row);
    if (rows.length < batch) return;
  }
}

/** How long one that met nothing is kept after its end, for whoever is asked about it on the telephone. */
const idleMs = 3_600_000;
const dayMs = 86_400_000;

/** @param days after which any is forgotten; 0 for never. @returns how many were forgotten */
export async function forgetProcesses(deps: Pick<CloseDeps, 'db' | 'clock'>, days: number): Promise<number> {
  const now = deps.clock.now();
  const idle = await forget(deps.db, now - idleMs, true);
  return days === 0 ? idle : idle + (await forget(deps.db, now - days * dayMs, false));
}

async function forget(db: Db, before: number, onlyIdle: boolean): Promise<number> {
  for (let forgotten = 0; ; ) {
    let old = db.read
      .selectFrom('onboarding_processes')
      .select('id')
      .where('ended_at', 'is not', null)
      .where('ended_at', '<', before)
      .orderBy('ended_at')
      .limit(batch);
    if (onlyIdle) old = old.where('position', '=', 0);
    const ids = (await old.execute()).map(({ id }) => id);
    if (ids.length > 0)
      await db.write((tx) => tx.deleteFrom('onboarding_processes').where('id', 'in', ids).execute());
    forgotten += ids.length;
    if (ids.length < batch) return forgotten;
  }
}
