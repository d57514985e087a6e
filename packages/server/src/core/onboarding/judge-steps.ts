// What the steps of an onboarding process came to: which went well, what went wrong last and whether it still stands, and what to do.
import { directoryRefusals } from '@countersign/contract/directory-refusals.ts';
import type {
  OnboardingProcess,
  OnboardingProcessWithSteps,
} from '@countersign/contract/onboarding-models.ts';
import { type FailedStepCode, onboardingRemedies } from '@countersign/contract/onboarding-remedies.ts';
import type { OnboardingStepCode } from '@countersign/contract/onboarding-steps.ts';

type Step = OnboardingProcessWithSteps['steps'][number];

const good: ReadonlySet<OnboardingStepCode> = new Set([
  'met',
  'ready',
  'completed',
  'password_correct',
  'source_found',
  'source_cached',
  'link_accepted',
  'sms_taken',
  'sms_code_right',
  'email_taken',
  'email_code_right',
  'openid_answered',
  'approved_by',
  'device_approved',
]);
/** The person has begun once more: what went wrong before is over. */
const anew: ReadonlySet<OnboardingStepCode> = new Set([
  'sms_code_asked',
  'email_code_asked',
  'openid_sent',
  'picture_shown',
  'approval_asked',
  'device_asked',
]);
/** Looked for in one place after the other: only where nobody had it, it failed. */
const missed: ReadonlySet<OnboardingStepCode> = new Set([
  'user_not_found',
  'no_password',
  'source_not_found',
]);

const isFailed = (code: OnboardingStepCode): code is FailedStepCode =>
  Object.hasOwn(onboardingRemedies, code);

/** @param beside codes of the same try */
export function outcomeOf(code: OnboardingStepCode, beside: readonly OnboardingStepCode[]): Step['outcome'] {
  if (good.has(code)) return 'good';
  if (!isFailed(code)) return 'none';
  if (!missed.has(code)) return 'bad';
  const isLastMissed = beside.findLast((each) => missed.has(each)) === code;
  return isLastMissed && beside.every((each) => missed.has(each) || !(good.has(each) || isFailed(each)))
    ? 'bad'
    : 'none';
}

export function remedyOf(
  code: OnboardingStepCode,
  { cause }: Readonly<Record<string, string | number | null>>,
): string | null {
  if (!isFailed(code)) return null;
  // It stands there without its full stop.
  const refusal =
    code === 'source_refused'
      ? Object.values(directoryRefusals).find(({ sentence }) => sentence === `${cause}.`)
      : undefined;
  return refusal?.remedy ?? onboardingRemedies[code];
}

/** What keeps the device out, as far as anything went wrong; null where it has got further since. @param steps oldest first */
export function lastFailureOf(steps: readonly Step[]): OnboardingProcess['last_failure'] {
  const last = steps.findLast(({ code, outcome }) => outcome !== 'none' || anew.has(code));
  return last?.outcome === 'bad' ? last : null;
}
