// A device gives what the next requirement asks for. Counted before it is looked at, so that however many come at once, no more are tried
// than may be; what is not accepted gets one answer, whatever the cause.
import type { OwnProcess, StepInput } from '@countersign/contract/onboarding-device-models.ts';
import type { RequirementKindName } from '@countersign/contract/requirement-kinds.ts';
import type { NewKey } from '#core/devices/authenticate-device.ts';
import type { RefusalTimes } from '#core/throttles/refusal-times.ts';
import { Problem } from '#platform/problem.ts';
import { isEnrolling } from './application-requirements.ts';
import { EnrolmentClosed } from './enrolment-closed.ts';
import { type Moved, moveProcess, type Moving } from './move-process.ts';
import { againOwn, type Own, type OwnName, requireOwn, showOwn } from './own-process.ts';
import { maxTries, nextKindOf, type ProcessRow } from './process.ts';
import { changeProcess, takeTry } from './process-store.ts';
import { writeProcessSteps } from './process-steps.ts';
import { moduleOf } from './requirements/kinds.ts';
import type { Given, RequirementDeps, StepResult } from './requirements/requirement-kind.ts';
import { hasRoomToWait } from './waiting-room.ts';

export interface TakeStepDeps extends RequirementDeps {
  /** What is not accepted is answered no sooner, so that a user source that knows the name is not told from one that does not. */
  readonly refusalTimes: RefusalTimes;
}

export interface GivenStep extends OwnName {
  readonly input: StepInput;
  /** From where the call comes. */
  readonly address: string;
  readonly signal: AbortSignal;
}

/**
 * @throws Problem process_unknown, process_ended, enrolment_closed, out_of_order, step_not_accepted, too_many_requests, proof_invalid;
 *   Unavailable
 */
export async function takeStep(deps: TakeStepDeps, key: NewKey, given: GivenStep): Promise<OwnProcess> {
  const began = deps.clock.monotonic();
  const own = await requireOwn(deps, key, given);
  const { process, application } = own;
  if (process.status !== 'open') throw new Problem('process_ended');
  if (!isEnrolling(application)) throw new EnrolmentClosed(application.id);
  refuseTooMany(deps, own, given.address);
  if (!mayGive(process, given.input.kind)) return refuseOrder(deps, process, given.input.kind);
  const expected = { id: process.id, position: process.position };
  const counted = await deps.db.write((tx) => takeTry(tx, expected, deps.clock.now()));
  if (!counted) return afterwards(deps, given, { kind: 'elsewhere' });
  const settled = { process: counted, application };
  const moving: Moving = {
    ...settled,
    actor: { kind: 'onboarding_process', id: process.id },
    group: given.input.kind,
  };
  const result = lastTry(counted, await tryStep(deps, settled, given));
  const moved = await moveProcess(deps, moving, result);
  if (result.kind === 'met' && moved.kind !== 'elsewhere') result.settled?.(moved.kind !== 'not_accepted');
  const pace = `${application.id} ${given.input.kind}`;
  const ms = deps.clock.monotonic() - began;
  deps.refusalTimes.took(pace, ms);
  if (moved.kind === 'not_accepted' || (moved.kind === 'ended' && result.kind === 'ends'))
    await deps.refusalTimes.keepBack(pace, ms);
  return afterwards(deps, given, moved);
}

/** @throws Problem too_many_requests */
function refuseTooMany({ onboardingThrottles: throttles }: TakeStepDeps, own: Own, address: string): void {
  const isAllowed =
    throttles.process.take(own.process.id).allowed &&
    throttles.source.take(address).allowed &&
    throttles.application.take(own.application.id).allowed;
  if (!isAllowed) throw new Problem('too_many_requests');
}

function mayGive(process: ProcessRow, kind: RequirementKindName): boolean {
  const next = nextKindOf(process);
  return next !== undefined && (next === kind || (moduleOf(next).alternatives ?? []).includes(kind));
}

async function refuseOrder(
  deps: TakeStepDeps,
  process: ProcessRow,
  kind: RequirementKindName,
): Promise<never> {
  const now = deps.clock.now();
  const steps = writeProcessSteps(now, 'system', [{ code: 'out_of_order', details: { kind } }]);
  const at = { id: process.id, position: process.position };
  await deps.db.write((tx) => changeProcess(tx, at, { set: {}, steps, now }));
  throw new Problem('out_of_order');
}

async function tryStep(
  deps: TakeStepDeps,
  { process, application }: Own,
  given: GivenStep,
): Promise<StepResult> {
  const { input, address, signal } = given;
  const settings = application.requirements.list.find(({ kind }) => kind === input.kind)?.settings ?? {};
  const step = { process, application, input, settings, address, signal } as Given<RequirementKindName>;
  const result = await moduleOf(input.kind).meet(deps, step);
  const asksAdministrator = result.kind === 'stays' && result.waitsFor === 'administrator';
  if (asksAdministrator && !(await hasRoomToWait(deps.db.read, process, address)))
    return { kind: 'not_accepted', steps: [{ code: 'throttled', details: { limit: 'waiting' } }] };
  return result;
}

/** The last try that is not accepted is the end. */
function lastTry({ tries }: ProcessRow, result: StepResult): StepResult {
  if (result.kind !== 'not_accepted' || tries < maxTries) return result;
  return { kind: 'ends', ending: 'too_many_tries', steps: [...result.steps, { code: 'too_many_tries' }] };
}

async function afterwards(deps: TakeStepDeps, name: OwnName, moved: Moved): Promise<OwnProcess> {
  const own = await againOwn(deps, name);
  if (moved.kind === 'not_accepted') throw new Problem('step_not_accepted');
  const isOut = own.process.status === 'open' && own.process.tries >= maxTries;
  if (moved.kind === 'elsewhere' && isOut) throw new Problem('step_not_accepted');
  return showOwn(deps, own);
}
