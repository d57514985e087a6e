// A device that the user already has: it is asked as for any login, with a number that the new device shows and the person types there.
import { closeAuthRequest } from '#core/approvals/close-auth-request.ts';
import { wakeAbout } from '#core/approvals/topics.ts';
import { awaitOutcome } from '#core/authentication/await-outcome.ts';
import { beginLogin } from '#core/authentication/begin-login.ts';
import type { Login } from '#core/authentication/login.ts';
import type { StopSignal } from '#platform/stop-signal.ts';
import { type ProcessRow, stateOf } from '../process.ts';
import type { Given, RequirementDeps, RequirementModule, StepResult } from './requirement-kind.ts';

interface Asked {
  readonly request_id: string;
  /** Sealed. */
  readonly number: string;
  readonly until: number;
}

const isAsked = (state: Partial<Asked> | undefined): state is Asked => state?.request_id !== undefined;
const purpose = 'onboarding-number';

/** What still waits is taken back: only the newest number counts. */
async function meet(deps: RequirementDeps, given: Given<'existing_device'>): Promise<StepResult> {
  const { process, signal } = given;
  await takeBack(deps, process);
  const begun = await beginLogin(deps, loginOf(given), { signal });
  if (begun.kind !== 'asked' || begun.number === null) {
    const cause = begun.kind === 'rejected' ? begun.reason : begun.kind;
    return { kind: 'not_accepted', steps: [{ code: 'device_not_askable', details: { cause } }] };
  }
  const number = deps.vault.seal(purpose, process.id, Buffer.from(begun.number));
  const state: Asked = { request_id: begun.requestId, number, until: begun.expiresAt };
  return { kind: 'stays', waitsFor: 'existing_device', state, steps: [{ code: 'device_asked' }] };
}

const loginOf = ({ process, application, address }: Given<'existing_device'>): Login => ({
  applicationId: application.id,
  username: process.username,
  door: { kind: 'onboarding', id: process.id },
  clientName: process.device_name,
  clientAddress: address,
  context: null,
  number: 'shown_by_caller',
  title: 'Add another device',
  description: `“${process.device_name}” is to approve your logins from now on. Approve only if it is in your hands.`,
});

/** It counts as ignored, as a sign-in that is taken back does. */
async function takeBack(deps: RequirementDeps, process: ProcessRow): Promise<void> {
  const asked = stateOf<Asked>(process);
  if (!isAsked(asked)) return;
  const id = asked.request_id;
  const closed = await deps.db.write((tx) =>
    closeAuthRequest(tx, deps, {
      authRequestId: id,
      ending: { status: 'expired', reason: 'expired' },
      actor: { kind: 'onboarding_process', id: process.id },
      step: { code: 'cancelled', details: { by: 'the new device, which asked anew' } },
    }),
  );
  if (closed) wakeAbout(deps.bus, { id, userId: closed.userId });
}

/** What the older device said. It is bound to this process by its state, so it counts for nothing else. */
async function settle(
  deps: RequirementDeps,
  process: ProcessRow,
  signal: StopSignal,
): Promise<StepResult | undefined> {
  const asked = stateOf<Asked>(process);
  if (!isAsked(asked)) return undefined;
  const outcome = await awaitOutcome(deps, asked.request_id, { within: 0, signal });
  if (outcome?.kind === 'waiting') return undefined;
  if (outcome?.kind === 'accepted')
    return { kind: 'met', vouched: true, steps: [{ code: 'device_approved' }] };
  const reason = outcome?.reason ?? 'expired';
  const steps = [{ code: 'device_refused', details: { cause: reason } }] as const;
  // Whoever has the older device says no: then nobody may go on asking until it gives in.
  if (reason === 'denied_by_user' || reason === 'reported_by_user')
    return { kind: 'ends', ending: 'refused_on_device', steps };
  return { kind: 'stays', waitsFor: 'person', state: {}, steps };
}

export const existingDevice: RequirementModule<'existing_device'> = {
  kind: 'existing_device',
  alternatives: ['administrator_approval'],
  meet,
  settle,
  shows({ vault, clock }, process) {
    const asked = stateOf<Asked>(process);
    if (!isAsked(asked) || asked.until <= clock.now()) return { number: null, answer_until: null };
    const number = Buffer.from(vault.open(purpose, process.id, asked.number)).toString();
    return { number, answer_until: asked.until };
  },
};
