// Moves an onboarding process on: a requirement is met, somebody is waited for, or it is over. One transaction each, with step and audit.
import type { WaitsFor } from '@countersign/contract/requirement-kinds.ts';
import type { RequirementKindName } from '@countersign/contract/requirement-kinds.ts';
import { toDisplayable } from '@countersign/contract/text.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { Db, Tx } from '#db/db.ts';
import type { RequiringApplication } from './application-requirements.ts';
import {
  hoursOf,
  kindsOf,
  nextKindOf,
  processMs,
  type ProcessRow,
  processTopic,
  waitingMs,
} from './process.ts';
import { changeProcess, type End, endProcess, type Expected } from './process-store.ts';
import { type ProcessStep, type StepGroup, writeProcessSteps } from './process-steps.ts';
import type { StepResult } from './requirements/requirement-kind.ts';
import { tellOlderDevices, type TellDeps } from './tell-older-devices.ts';
import { findUserFacts, type UserFacts } from './user-facts.ts';

export interface Moving {
  /** As it was read; the change holds only where it still stands so. */
  readonly process: ProcessRow;
  readonly application: RequiringApplication;
  readonly actor: Actor;
  /** The kind that was given, which may be an alternative of the one that was next. */
  readonly group: StepGroup;
}

/** What became of a step. `elsewhere`: somebody else moved or ended it first; nothing was written. */
export type Moved =
  | { readonly kind: 'moved' | 'not_accepted' | 'ended'; readonly process: ProcessRow }
  | { readonly kind: 'elsewhere' };

const elsewhere = { kind: 'elsewhere' } as const;

export type MoveDeps = AuditDeps & TellDeps & { readonly db: Db };

/** @throws Unavailable */
export async function moveProcess(deps: MoveDeps, moving: Moving, result: StepResult): Promise<Moved> {
  const moved = await deps.db
    .write((tx) => applyResult(tx, deps, moving, result))
    .catch((error: unknown) => {
      if (error instanceof Undone) return error;
      throw error;
    });
  if (moved instanceof Undone) {
    const { steps } = moved;
    if (!steps) return elsewhere;
    return deps.db.write((tx) => applyResult(tx, deps, moving, { kind: 'not_accepted', steps }));
  }
  deps.bus.wake(processTopic(moving.process.id));
  if (moved.kind === 'moved') tellOfWaiting(deps, moving.process, moved.process);
  return moved;
}

/** Somebody else decides now, or time runs: the devices that the user has are told while the user can still object. */
function tellOfWaiting(deps: TellDeps, before: ProcessRow, { id, user_id, waits_for }: ProcessRow): void {
  const waits = waits_for === 'administrator' || waits_for === 'time';
  if (waits && waits_for !== before.waits_for && user_id !== null) tellOlderDevices(deps, id, user_id);
}

/** Undoes the transaction: what was done along must not stay. What is to be told all the same; nothing when the process stood elsewhere. */
class Undone extends Error {
  readonly steps: readonly ProcessStep[] | undefined;

  constructor(steps?: readonly ProcessStep[]) {
    super('undone');
    this.steps = steps;
  }
}

async function applyResult(tx: Tx, deps: AuditDeps, moving: Moving, result: StepResult): Promise<Moved> {
  const now = deps.clock.now();
  const steps = writeProcessSteps(now, moving.group, result.steps);
  const expected: Expected = { id: moving.process.id, position: moving.process.position };
  switch (result.kind) {
    case 'met':
      return meet(tx, deps, moving, result);
    case 'ends':
      return refuseFinally(tx, deps, moving, result, steps);
    case 'not_accepted': {
      const row = await changeProcess(tx, expected, { set: {}, steps, now });
      return row ? { kind: 'not_accepted', process: row } : elsewhere;
    }
    case 'stays': {
      const { waitsFor, state, username } = result;
      const expires_at = Math.max(moving.process.expires_at, now + patienceFor(waitsFor));
      const set = {
        state: JSON.stringify(state),
        waits_for: waitsFor,
        // As the person gave it, which may be anything.
        ...(username !== undefined && { username: toDisplayable(username, maxName) }),
        // A person who is slow gets no more time than there was.
        ...(waitsFor === 'administrator' && { expires_at }),
      };
      const told = await toldSteps(tx, moving, waitsFor);
      const row = await changeProcess(tx, expected, {
        set,
        steps: steps + writeProcessSteps(now, 'system', told),
        now,
      });
      return row ? { kind: 'moved', process: row } : elsewhere;
    }
  }
}

async function toldSteps(
  tx: Tx,
  { process, application }: Moving,
  waitsFor: WaitsFor,
): Promise<readonly ProcessStep[]> {
  if (waitsFor !== 'administrator' || process.waits_for === waitsFor || process.user_id === null) return [];
  const user = await findUserFacts(tx, application, process.user_id);
  return user && user.devices > 0 ? [{ code: 'old_devices_told', details: { username: user.username } }] : [];
}

function refuseFinally(
  tx: Tx,
  deps: AuditDeps,
  moving: Moving,
  { ending, refusal }: Extract<StepResult, { kind: 'ends' }>,
  steps: string,
): Promise<Moved> {
  const told = refusal === undefined ? {} : { refusal };
  return end(tx, deps, moving, { status: 'refused', ending, ...told }, steps);
}

const maxName = 255;

const patienceFor = (waitsFor: WaitsFor): number => (waitsFor === 'administrator' ? waitingMs : processMs);

type Met = Extract<StepResult, { kind: 'met' }>;

async function meet(tx: Tx, deps: AuditDeps, moving: Moving, result: Met): Promise<Moved> {
  const now = deps.clock.now();
  const { process, application } = moving;
  const expected: Expected = { id: process.id, position: process.position };
  // Takes the row, so that everybody locks the process before what belongs to it.
  const locked = await changeProcess(tx, expected, { set: {}, steps: '', now });
  if (!locked) return elsewhere;
  const along = await result.along?.(tx);
  const told = [...result.steps, ...(along?.steps ?? [])];
  if (along?.accepted === false) throw new Undone(told);
  const userId = along?.userId ?? result.userId ?? locked.user_id;
  if (locked.user_id !== null && locked.user_id !== userId)
    throw new Undone([...told, { code: 'user_differs' }]);
  const user = userId === null ? undefined : await findUserFacts(tx, application, userId);
  if (!user?.enabled) {
    const username = user?.username ?? locked.username;
    throw new Undone([...told, { code: 'user_disabled', details: { username } }]);
  }
  return advance(tx, deps, { ...moving, process: locked }, { user, told, vouched: result.vouched ?? false });
}

interface Advance {
  readonly user: UserFacts;
  readonly told: readonly ProcessStep[];
  readonly vouched: boolean;
}

async function advance(
  tx: Tx,
  deps: AuditDeps,
  moving: Moving,
  { user, told, vouched }: Advance,
): Promise<Moved> {
  const now = deps.clock.now();
  const { process, application, group, actor } = moving;
  const isVouched = vouched || process.vouched === 1;
  const after = whatComes(moving, user, isVouched, now);
  const steps =
    writeProcessSteps(now, group, [...told, { code: 'met' }]) + writeProcessSteps(now, 'system', after.steps);
  if ('end' in after) return end(tx, deps, moving, after.end, steps);
  const expected: Expected = { id: process.id, position: process.position };
  const set = {
    position: process.position + 1,
    kinds: JSON.stringify(after.kinds),
    tries: 0,
    state: null,
    waits_for: after.waitsFor,
    user_id: user.id,
    username: user.username,
    vouched: isVouched ? (1 as const) : (0 as const),
    ready_at: after.readyAt,
    // Who waited for somebody has time again for what comes.
    expires_at: Math.max(process.expires_at, (after.readyAt ?? now) + processMs),
  };
  const row = await changeProcess(tx, expected, { set, steps, now });
  if (!row) throw new Undone();
  await recordAudit(tx, deps, {
    event: actor.kind === 'onboarding_process' ? 'onboarding.met' : 'onboarding.approved',
    actor,
    applicationId: application.id,
    subjectId: process.id,
    data: { kind: group, user_id: user.id },
  });
  return { kind: 'moved', process: row };
}

interface Comes {
  readonly kinds: readonly RequirementKindName[];
  readonly waitsFor: WaitsFor;
  readonly readyAt: number | null;
  readonly steps: readonly ProcessStep[];
}

/** What comes after what was just met: the next requirement, one more because the user has a device, or the end of the list. */
function whatComes(
  { process, application }: Moving,
  user: UserFacts,
  isVouched: boolean,
  now: number,
): Comes | { readonly end: End; readonly steps: readonly ProcessStep[] } {
  const kinds = kindsOf(process);
  if (process.position + 1 < kinds.length)
    return { kinds, waitsFor: 'person', readyAt: process.ready_at, steps: [] };
  const { username } = user;
  const isFull = user.devices >= user.limit && (application.device_mode !== 'override' || user.limit === 0);
  if (isFull)
    return {
      end: { status: 'refused', ending: 'device_limit_reached' },
      steps: [{ code: 'device_limit_reached', details: { username } }],
    };
  if (!isVouched && (user.devices > 0 || user.signsIn)) {
    const more = user.devices > 0 ? 'existing_device' : 'administrator_approval';
    const steps: ProcessStep[] = [{ code: 'old_device_needed', details: { username } }];
    return { kinds: [...kinds, more], waitsFor: 'person', readyAt: null, steps };
  }
  const waitMs = application.new_device_wait_seconds * 1000;
  const mustWait = waitMs > 0 && user.devices > 0 && kinds[0] !== 'activation_link';
  return mustWait
    ? {
        kinds,
        waitsFor: 'time',
        readyAt: now + waitMs,
        steps: [
          { code: 'waiting_time', details: { hours: hoursOf(waitMs) } },
          { code: 'old_devices_told', details: { username } },
        ],
      }
    : { kinds, waitsFor: 'person', readyAt: null, steps: [{ code: 'ready' }] };
}

/** @param steps lines of `writeProcessSteps` */
async function end(
  tx: Tx,
  deps: AuditDeps,
  { process, application, actor }: Moving,
  ending: End,
  steps: string,
): Promise<Moved> {
  const row = await endProcess(tx, process.id, ending, { steps, now: deps.clock.now() });
  if (!row) return elsewhere;
  const event = ending.status === 'destroyed' ? 'onboarding.destroyed' : 'onboarding.refused';
  await recordAudit(tx, deps, {
    event,
    actor,
    applicationId: application.id,
    subjectId: process.id,
    data: {
      reason: ending.ending,
      kind: nextKindOf(process) ?? null,
      user_id: row.user_id,
      username: row.username,
    },
  });
  return { kind: 'ended', process: row };
}
