// An administrator approves or refuses a device: in person by its picture, or by what is known of it.
import type {
  OnboardingDecision,
  OnboardingProcessWithSteps,
} from '@countersign/contract/onboarding-models.ts';
import type { Grantor } from '#core/permissions/grantor.ts';
import { refusePhoneOfOther } from '#core/administrators/phone-users.ts';
import type { Actor } from '#core/audit/record-audit.ts';
import { Problem } from '#platform/problem.ts';
import type { Vault } from '#platform/vault.ts';
import { type CloseDeps, endIfOver } from './close-processes.ts';
import { requireRequiring } from './get-requirements.ts';
import { getProcess, requireProcess } from './list-processes.ts';
import { type MoveDeps, type Moving, moveProcess } from './move-process.ts';
import { nextKindOf, stateOf } from './process.ts';
import type { StepResult } from './requirements/requirement-kind.ts';
import { findUserFacts } from './user-facts.ts';

/** Who decides. */
export interface Decider {
  readonly actor: Actor;
  /** As the steps name them. */
  readonly name: string;
  /** What they may hand on. */
  readonly grantor: Grantor;
}

/**
 * @param visible id of the only application that the caller may see; null for all.
 * @throws Problem not_found, process_ended, out_of_order (no administrator is asked), user_disabled, invalid_request (no such user, or another one was shown to be it),
 *   forbidden for a user whose phone signs an administrator in
 */
export async function decideProcess(
  deps: CloseDeps & MoveDeps & { readonly vault: Vault },
  decider: Decider,
  visible: string | null,
  id: string,
  decision: OnboardingDecision,
): Promise<OnboardingProcessWithSteps> {
  const process = await requireProcess(deps.db.read, visible, id);
  const application = await requireRequiring(deps.db.read, visible, process.application_id);
  const isOver = await endIfOver(deps, process, application);
  if (isOver || process.status !== 'open') throw new Problem('process_ended');
  if (process.waits_for !== 'administrator') throw new Problem('out_of_order');
  const asked = stateOf<{ asks?: Moving['group'] }>(process)?.asks;
  const group = asked ?? nextKindOf(process) ?? 'system';
  const moving: Moving = { process, application, actor: decider.actor, group };
  const result =
    decision.decision === 'refuse'
      ? refusal(decider, decision.reason)
      : await approval(deps, decider, moving, decision.user_id);
  const moved = await moveProcess(deps, moving, result);
  // Somebody else decided, or the device went on, in this moment.
  if (moved.kind === 'elsewhere') throw new Problem('process_ended');
  if (moved.kind === 'not_accepted') throw new Problem('user_disabled');
  return getProcess(deps, visible, id);
}

const refusal = ({ name }: Decider, reason: string): StepResult => ({
  kind: 'ends',
  ending: 'refused_by_administrator',
  refusal: reason,
  steps: [{ code: 'refused_by', details: { by: name, reason } }],
});

async function approval(
  deps: CloseDeps,
  { actor, name, grantor }: Decider,
  { process, application }: Moving,
  userId: string,
): Promise<StepResult> {
  if (process.user_id !== null && userId !== process.user_id)
    throw noUser('the device was shown to be of another user');
  const user = await findUserFacts(deps.db.read, application, userId);
  if (!user) throw noUser('the application has no such user');
  if (!user.enabled) throw new Problem('user_disabled');
  await refusePhoneOfOther(deps.db.read, actor, grantor, user.id);
  return {
    kind: 'met',
    userId: user.id,
    vouched: true,
    steps: [{ code: 'approved_by', details: { by: name } }],
  };
}

const noUser = (message: string) => new Problem('invalid_request', message, [{ field: 'user_id', message }]);
