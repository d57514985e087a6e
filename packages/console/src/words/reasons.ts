// What the contract's closed catalogues say, in English: the contract's own sentences, so that console, command line and API say the same.
import { type MessageFailure, messageFailures } from '@countersign/contract/message-failures.ts';
import { type NoticeCode, notices } from '@countersign/contract/notices.ts';
import { onboardingSteps, type OnboardingStepCode } from '@countersign/contract/onboarding-steps.ts';
import { directoryRefusals, type DirectoryRefusal } from '@countersign/contract/directory-refusals.ts';
import { type FailedStepCode, onboardingRemedies } from '@countersign/contract/onboarding-remedies.ts';
import { type RefusalReasonCode, refusalReasons } from '@countersign/contract/refusal-reasons.ts';
import {
  requirementKinds,
  type RequirementKindName,
  type RequirementNeed,
  requirementNeeds,
  type RequirementRisk,
  requirementRisks,
} from '@countersign/contract/requirement-kinds.ts';
import { type StepCode, steps } from '@countersign/contract/steps.ts';

type Texts<Name extends string> = Readonly<Record<Name, string>>;

const withRemedies = <Kind extends string, Code extends string>(
  kind: Kind,
  table: Readonly<Record<Code, { readonly sentence: string; readonly remedy: string }>>,
) =>
  Object.fromEntries(
    Object.entries<{ readonly sentence: string; readonly remedy: string }>(table).flatMap(
      ([code, { sentence, remedy }]) => [
        [`${kind}.${code}`, sentence],
        [`${kind}.${code}.remedy`, remedy],
      ],
    ),
  ) as Texts<`${Kind}.${Code}` | `${Kind}.${Code}.remedy`>;

export const englishReasons = withRemedies<'reason', RefusalReasonCode>('reason', refusalReasons);
export const englishNotices = withRemedies<'notice', NoticeCode>('notice', notices);
export const englishSteps = Object.fromEntries(
  Object.entries(steps).map(([code, sentence]) => [`step.${code}`, sentence]),
) as Texts<`step.${StepCode}`>;

const prefixed = <Name extends string, Code extends string>(
  name: Name,
  texts: Readonly<Record<Code, string>>,
) =>
  Object.fromEntries(
    Object.entries<string>(texts).map(([code, text]) => [`${name}.${code}`, text]),
  ) as Texts<`${Name}.${Code}`>;

const englishKinds = Object.fromEntries(
  Object.entries(requirementKinds).flatMap(([kind, { title, description }]) => [
    [`requirement.${kind}`, title],
    [`requirement.${kind}.help`, description],
  ]),
) as Texts<`requirement.${RequirementKindName}` | `requirement.${RequirementKindName}.help`>;

export const englishRequirements = {
  ...englishKinds,
  ...prefixed<'need', RequirementNeed>('need', requirementNeeds),
  ...prefixed<'risk', RequirementRisk>('risk', requirementRisks),
  ...prefixed<'onboarding_step', OnboardingStepCode>('onboarding_step', onboardingSteps),
};

/** What to do about a step, and about what a user source says. */
export const englishRemedies = {
  ...prefixed<'step_remedy', FailedStepCode>('step_remedy', onboardingRemedies),
  ...prefixed<'source_remedy', DirectoryRefusal>(
    'source_remedy',
    Object.fromEntries(
      Object.entries(directoryRefusals).map(([code, { remedy }]) => [code, remedy]),
    ) as Texts<DirectoryRefusal>,
  ),
};

export const englishFailures = prefixed<'message_failure', MessageFailure>(
  'message_failure',
  messageFailures,
);
