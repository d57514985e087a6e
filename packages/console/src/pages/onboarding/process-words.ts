// What an onboarding process is doing, in words: its steps by what they belong to, and how it stands.
import type { ProcessStatus, WaitsFor } from '@countersign/contract/requirement-kinds.ts';
import type {
  OnboardingProcess,
  OnboardingProcessWithSteps,
} from '@countersign/contract/onboarding-models.ts';
import type { Tone } from '../../parts/badge.tsx';
import { told, toldRemedy } from '../../words/told.ts';
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

export const stepText = (speech: Speech, { code, text }: Pick<Step, 'code' | 'text'>): string =>
  told(speech, [`onboarding_step.${code}`], text);

/** What to do about what went wrong last; undefined where nothing did. */
export const remedyText = (
  speech: Speech,
  { last_failure: failure }: Pick<OnboardingProcess, 'last_failure'>,
): string | undefined =>
  failure === null || failure.remedy === null ? undefined : toldRemedy(speech, failure.remedy);

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
  refused: 'requirement_state.refused',
  unmet: 'requirement_state.unmet',
} as const satisfies Readonly<Record<string, Word>>;

const waitText = ({ t }: Pick<Speech, 't'>, { waits_for: waitsFor }: OnboardingProcess): string =>
  waitsFor === null ? '' : t(waits[waitsFor]);

/** These say no more than the step that came to them. */
const tellNoMore: readonly OnboardingProcess['ending'][] = [
  'refused_by_administrator',
  'refused_on_device',
  'device_limit_reached',
];

/** Why it ended, or what it waits for, and what went wrong last: as much of it as is news. */
export function standingTexts(speech: Speech, process: OnboardingProcess): readonly string[] {
  const { last_failure: failure, ending, waits_for: waitsFor } = process;
  const standing = ending === null ? waitText(speech, process) : speech.t(`ending.${ending}`);
  const texts = failure === null ? [standing] : [standing, stepText(speech, failure)];
  const isTold = failure !== null && (waitsFor === 'person' || tellNoMore.includes(ending));
  return texts.slice(isTold ? 1 : 0).filter((text) => text !== '');
}

/** Where it stands among the requirements, each with how it went. */
export const progressOf = ({
  status,
  requirements,
}: Pick<OnboardingProcess, 'status' | 'requirements'>): readonly {
  readonly kind: OnboardingProcess['requirements'][number]['kind'];
  readonly state: 'met' | 'next' | 'later' | 'refused' | 'unmet';
}[] =>
  requirements.map(({ kind, state }) => {
    if (state === 'met' || status === 'open') return { kind, state };
    return { kind, state: state === 'next' && status === 'refused' ? 'refused' : 'unmet' };
  });

/** `1` of 3, where one is under way. */
export const metOf = ({ requirements }: Pick<OnboardingProcess, 'requirements'>): number =>
  requirements.filter(({ state }) => state === 'met').length;
