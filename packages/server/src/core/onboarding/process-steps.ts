// The steps of an onboarding process, as the activity view tells them: lines of text in its row, as an auth request has them.
import type { OnboardingProcessWithSteps } from '@countersign/contract/onboarding-models.ts';
import { describeOnboardingStep, type OnboardingStepCode } from '@countersign/contract/onboarding-steps.ts';
import type { RequirementKindName } from '@countersign/contract/requirement-kinds.ts';
import { toDisplayable } from '@countersign/contract/text.ts';
import { type RawBuilder, sql } from 'kysely';
import { outcomeOf, remedyOf } from './judge-steps.ts';

export interface ProcessStep {
  readonly code: OnboardingStepCode;
  readonly details?: Readonly<Record<string, string | number | null>>;
}

export type StepGroup = RequirementKindName | 'system';

/** Beyond this many characters nothing is added: whoever tries again and again must not fill the disk. */
const maxSteps = 30_000;
/** Of one detail, in characters: names come from outside. */
const maxDetail = 255;

/** One JSON array `[at, group, code, details]` a line. */
export const writeProcessSteps = (at: number, group: StepGroup, steps: readonly ProcessStep[]): string =>
  steps.map(({ code, details = {} }) => `${JSON.stringify([at, group, code, shown(details)])}\n`).join('');

const shown = (details: NonNullable<ProcessStep['details']>) =>
  Object.fromEntries(
    Object.entries(details).map(([name, value]) => [
      name,
      typeof value === 'string' ? toDisplayable(value, maxDetail) : value,
    ]),
  );

/** For an UPDATE: the steps that are there, and then these texts. */
export const appendProcessSteps = (text: string): RawBuilder<string> =>
  sql<string>`case when length(steps) < ${sql.lit(maxSteps)} then steps || ${text} else steps end`;

type Line = readonly [
  at: number,
  group: StepGroup,
  code: OnboardingStepCode,
  details: NonNullable<ProcessStep['details']>,
];

const linesOf = (text: string): readonly Line[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);

/** Oldest first. */
export function readProcessSteps(text: string): OnboardingProcessWithSteps['steps'] {
  const lines = linesOf(text);
  return lines.map((line) => {
    const [at, group, code, details] = line;
    const outcome = outcomeOf(code, codesBeside(lines, line));
    return {
      at,
      group,
      code,
      text: describeOnboardingStep(code, details),
      outcome,
      remedy: outcome === 'bad' ? remedyOf(code, details) : null,
    };
  });
}

/** What one try came to is written at once. */
const codesBeside = (lines: readonly Line[], [at, group]: Line): readonly OnboardingStepCode[] =>
  lines.filter((other) => other[0] === at && other[1] === group).map(([, , code]) => code);

/** The user name that was typed last together with a password, whether or not it was right; empty when none was. */
export function typedNameOf(text: string): string {
  const [, , , details] =
    linesOf(text).findLast(
      ([, group, code]) =>
        group === 'simple_credentials' && (code === 'user_found' || code === 'user_not_found'),
    ) ?? [];
  return String(details?.['username'] ?? '');
}
