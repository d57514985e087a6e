// What an onboarding process is doing, in words: its steps by what they belong to, and how it stands.
import type { ProcessStatus, WaitsFor } from '@countersign/contract/requirement-kinds.ts';
import type {
  OnboardingProcess,
  OnboardingProcessWithSteps,
} from '@countersign/contract/onboarding-models.ts';
import type { Tone } from '../../parts/badge.tsx';
import { told } from '../../words/told.ts';
import type { Speech, Word } from '../../words/words.ts';

type Step = OnboardingProcessWithSteps['steps'][number];

export interface StepGroup {
  readonly group: Step['group'];
  /** Newest first. */
  readonly steps: readonly Step[];
}

/** Newest first; what follows one another and belongs to the same requirement stands together. */
export function groupsOf(steps: readonly Step[]): readonly StepGroup[] {
  const groups: { group: Step['group']; steps: Step[] }[] = [];
  for (const step of steps.toReversed()) {
    const last = groups.at(-1);
    if (last?.group === step.group) last.steps.push(step);
    else groups.push({ group: step.group, steps: [step] });
  }
  return groups;
}

export const stepText = (speech: Speech, { code, text }: Step): string =>
  told(speech, [`onboarding_step.${code}`], text);

export const statusTones: Readonly<Record<ProcessStatus, Tone>> = {
  open: 'note',
  completed: 'good',
  expired: 'quiet',
  destroyed: 'quiet',
  refused: 'bad',
};

const waits = {
  person: 'waits.person',
  administrator: 'waits.administrator',
  existing_device: 'waits.existing_device',
  time: 'waits.time',
} as const satisfies Readonly<Record<WaitsFor, Word>>;

export const stateWords = {
  met: 'requirement_state.met',
  next: 'requirement_state.next',
  later: 'requirement_state.later',
} as const satisfies Readonly<Record<OnboardingProcess['requirements'][number]['state'], Word>>;

/** Why it ended, or what it waits for; empty when it is done. */
export function standingText({ t }: Pick<Speech, 't'>, process: OnboardingProcess): string {
  if (process.ending !== null) return t(`ending.${process.ending}`);
  return process.waits_for === null ? '' : t(waits[process.waits_for]);
}

/** `1` of 3, where one is under way. */
export const metOf = ({ requirements }: Pick<OnboardingProcess, 'requirements'>): number =>
  requirements.filter(({ state }) => state === 'met').length;
