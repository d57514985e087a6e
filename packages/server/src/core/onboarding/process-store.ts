// SQL of onboarding processes. Whatever moves one is a conditional UPDATE, and the row that comes back is the answer: of two that try, one
// gets it.
import type { OnboardingEnding } from '@countersign/contract/onboarding-steps.ts';
import type { Updateable } from 'kysely';
import type { Read, Tx } from '#db/db.ts';
import type { OnboardingProcessTable } from '#db/onboarding-tables.ts';
import { maxTries, type ProcessRow } from './process.ts';
import { appendProcessSteps, writeProcessSteps } from './process-steps.ts';

export const findProcess = (read: Read, id: string): Promise<ProcessRow | undefined> =>
  read.selectFrom('onboarding_processes').selectAll().where('id', '=', id).executeTakeFirst();

/** The open one of a key. */
export const findOpenOf = (
  read: Read,
  applicationId: string,
  thumbprint: string,
): Promise<ProcessRow | undefined> =>
  read
    .selectFrom('onboarding_processes')
    .selectAll()
    .where('application_id', '=', applicationId)
    .where('key_thumbprint', '=', thumbprint)
    .where('status', '=', 'open')
    .executeTakeFirst();

/** The one that made the device of a key, which is not revoked. */
export const findCompletedOf = (
  read: Read,
  applicationId: string,
  thumbprint: string,
): Promise<ProcessRow | undefined> =>
  read
    .selectFrom('onboarding_processes')
    .innerJoin('devices', 'devices.id', 'onboarding_processes.device_id')
    .selectAll('onboarding_processes')
    .where('onboarding_processes.application_id', '=', applicationId)
    .where('onboarding_processes.key_thumbprint', '=', thumbprint)
    .where('onboarding_processes.status', '=', 'completed')
    .where('devices.key_thumbprint', '=', thumbprint)
    .where('devices.revoked_at', 'is', null)
    .executeTakeFirst();

/** @returns false when the key has an open one already. */
export async function insertProcess(tx: Tx, row: ProcessRow): Promise<boolean> {
  const rows = await tx
    .insertInto('onboarding_processes')
    .values(row)
    .onConflict((c) => c.doNothing())
    .returning('id')
    .execute();
  return rows.length === 1;
}

/** Where a change expects the process to stand. */
export interface Expected {
  readonly id: string;
  readonly position: number;
  /** What the kind keeps; any when absent. */
  readonly state?: string | null;
}

export interface Change {
  readonly set: Updateable<OnboardingProcessTable>;
  /** Lines of `writeProcessSteps`. */
  readonly steps: string;
  /** Epoch milliseconds; a process can be changed until, not at, its expiry. */
  readonly now: number;
}

/** @returns the row as it is then; undefined when the process has ended, expired or stands elsewhere. */
export function changeProcess(
  tx: Tx,
  { id, position, state }: Expected,
  { set, steps, now }: Change,
): Promise<ProcessRow | undefined> {
  let open = tx
    .updateTable('onboarding_processes')
    .set({ ...set, steps: appendProcessSteps(steps), updated_at: now })
    .where('id', '=', id)
    .where('status', '=', 'open')
    .where('position', '=', position)
    .where('expires_at', '>', now);
  if (state !== undefined)
    open = state === null ? open.where('state', 'is', null) : open.where('state', '=', state);
  return open.returningAll().executeTakeFirst();
}

/** Counts one try at a position, before anything is looked at. @returns undefined when there are none left, or it stands elsewhere. */
export function takeTry(tx: Tx, { id, position }: Expected, now: number): Promise<ProcessRow | undefined> {
  return tx
    .updateTable('onboarding_processes')
    .set((e) => ({ tries: e('tries', '+', 1), updated_at: now }))
    .where('id', '=', id)
    .where('status', '=', 'open')
    .where('position', '=', position)
    .where('tries', '<', maxTries)
    .where('expires_at', '>', now)
    .returningAll()
    .executeTakeFirst();
}

export interface End {
  readonly status: 'expired' | 'destroyed' | 'refused';
  readonly ending: OnboardingEnding;
  readonly refusal?: string;
}

/** What every end without a device writes. */
export const endedColumns = ({ status, ending, refusal }: End, now: number) => ({
  status,
  ending,
  refusal: refusal ?? null,
  state: null,
  waits_for: null,
  ended_at: now,
});

/** Ends an open process wherever it stands. @returns the row as it is then; undefined when it has ended already. */
export const endProcess = (
  tx: Tx,
  id: string,
  end: End,
  { steps, now }: Pick<Change, 'steps' | 'now'>,
): Promise<ProcessRow | undefined> =>
  tx
    .updateTable('onboarding_processes')
    .set({ ...endedColumns(end, now), steps: appendProcessSteps(steps), updated_at: now })
    .where('id', '=', id)
    .where('status', '=', 'open')
    .returningAll()
    .executeTakeFirst();

/** Ends whatever an application has under way, since its requirements changed. @returns their ids. */
export async function endAllOf(tx: Tx, applicationId: string, now: number): Promise<readonly string[]> {
  const steps = writeProcessSteps(now, 'system', [{ code: 'requirements_changed' }]);
  const rows = await tx
    .updateTable('onboarding_processes')
    .set({
      ...endedColumns({ status: 'destroyed', ending: 'requirements_changed' }, now),
      steps: appendProcessSteps(steps),
      updated_at: now,
    })
    .where('application_id', '=', applicationId)
    .where('status', '=', 'open')
    .returning('id')
    .execute();
  return rows.map(({ id }) => id);
}
