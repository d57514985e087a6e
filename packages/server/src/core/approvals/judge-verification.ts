// Whether an answer brings the user verification that its challenge demands (device protocol section 9), and what is written down of one
// that does not: an administrator who looks why nobody got in finds it among the steps.
import type { AnswerPayload } from '@countersign/contract/device-models.ts';
import type { Journal } from '#core/audit/journal.ts';
import { writeSteps } from '#core/audit/steps.ts';
import type { AuthenticatedDevice } from '#core/devices/authenticate-device.ts';
import {
  checkAssertion,
  isCounted,
  readDemand,
  type VerificationFault,
  verificationFaults,
} from '#core/devices/user-verification.ts';
import { updateOf } from '#db/row-statement.ts';
import type { Clock } from '#platform/clock.ts';
import { Problem } from '#platform/problem.ts';
import { equalInConstantTime } from '#platform/secret.ts';

/** What is asked, and what the device that answers has. */
export interface VerifiedChallenge {
  readonly auth_request_id: string;
  readonly content: string;
  readonly verification_key: string | null;
  readonly sign_count: number | null;
}

export interface Verified {
  readonly kind: 'verified';
  /** What the credential must still allow when the approval is written. */
  readonly counted: { readonly public_key: string; readonly sign_count: number };
}
export interface NotVerified {
  readonly kind: 'not_demanded';
}
interface Refused {
  readonly kind: 'refused';
  readonly fault: VerificationFault;
}

/** Only an approval needs it: whoever denies lets nobody in. */
export function judgeVerification(
  { content, verification_key, sign_count }: VerifiedChallenge,
  answer: AnswerPayload,
): Verified | NotVerified | Refused {
  const demand = readDemand(JSON.parse(content));
  const { verification: assertion } = answer;
  if (demand === 'none' || answer.decision !== 'approve')
    return assertion === undefined ? { kind: 'not_demanded' } : refused('unasked');
  if (verification_key === null || sign_count === null) return refused('no_credential');
  if (assertion === undefined) return refused('missing');
  if (!equalInConstantTime(assertion.public_key, verification_key)) return refused('another_credential');
  if (demand === undefined) return refused('form');
  const verdict = checkAssertion(demand, answer, assertion);
  if (verdict.kind === 'refused') return verdict;
  if (!isCounted(sign_count, verdict.signCount)) return refused('counter');
  return { kind: 'verified', counted: { public_key: verification_key, sign_count: verdict.signCount } };
}

const refused = (fault: VerificationFault): Refused => ({ kind: 'refused', fault });

/** The first only: a device that tries again and again must not fill the row. */
const noteRefusal = updateOf<{ id: string; steps: string }>({
  table: 'auth_requests',
  parameters: { id: 'text', steps: 'text' },
  set: 'steps = auth_requests.steps || :steps',
  where: `auth_requests.id = :id and auth_requests.status = 'pending'
    and auth_requests.steps not like '%"verification_refused"%'`,
  required: false,
});

/** The challenge stays open. @returns what to throw */
export async function refuseVerification(
  deps: {
    readonly clock: Clock;
    readonly journal: Journal;
    readonly answerRefused: (device: AuthenticatedDevice, cause: string) => void;
  },
  device: AuthenticatedDevice,
  { auth_request_id: id }: VerifiedChallenge,
  { fault }: Refused,
): Promise<Problem> {
  const cause = verificationFaults[fault];
  deps.answerRefused(device, cause);
  const details = { device: device.name, cause };
  const steps = writeSteps(deps.clock.now(), [{ code: 'verification_refused', details }]);
  await deps.journal.write([noteRefusal({ id, steps })]);
  return new Problem('answer_invalid');
}
