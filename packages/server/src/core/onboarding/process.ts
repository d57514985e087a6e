// An onboarding process: a device that wants to be bound, and how far it has come. Types and pure rules.
import type { OnboardingProcess } from '@countersign/contract/onboarding-models.ts';
import { onboardingEndings } from '@countersign/contract/onboarding-steps.ts';
import type { RequirementKindName } from '@countersign/contract/requirement-kinds.ts';
import type { Selectable } from 'kysely';
import type { OnboardingProcessTable } from '#db/onboarding-tables.ts';
import { lastFailureOf } from './judge-steps.ts';
import { readProcessSteps, typedNameOf } from './process-steps.ts';

export type ProcessRow = Selectable<OnboardingProcessTable>;

/** How long a process may take; one that waits for people gets the longer time. */
export const processMs = 30 * 60_000;
export const waitingMs = 7 * 86_400_000;
/** How often something may be given at one position; the one that makes it full is still looked at. */
export const maxTries = 10;

/** Two digits are enough for people. */
export const hoursOf = (ms: number): number => Math.ceil(ms / 36_000) / 100;

/** In their order. */
export const kindsOf = ({ kinds }: Pick<ProcessRow, 'kinds'>): readonly RequirementKindName[] =>
  JSON.parse(kinds) as RequirementKindName[];

/** What is to be met next; undefined when everything is. */
export const nextKindOf = (row: Pick<ProcessRow, 'kinds' | 'position'>): RequirementKindName | undefined =>
  kindsOf(row)[row.position];

/** What the kind at this position keeps; undefined before anything was given. */
export const stateOf = <State>({ state }: Pick<ProcessRow, 'state'>): State | undefined =>
  state === null ? undefined : (JSON.parse(state) as State);

/** The kinds with where the process stands among them. */
export const standingOf = (row: ProcessRow): OnboardingProcess['requirements'] =>
  kindsOf(row).map((kind, index) => ({ kind, state: stateAt(row.position, index) }));

function stateAt(position: number, index: number): 'met' | 'next' | 'later' {
  if (index < position) return 'met';
  return index === position ? 'next' : 'later';
}

/** As the API shows it. @param picture while an administrator is to compare it */
export const toProcess = (row: ProcessRow, picture: string | null): OnboardingProcess => ({
  id: row.id,
  application_id: row.application_id,
  status: row.status,
  ending: row.ending,
  ending_text: row.ending === null ? null : onboardingEndings[row.ending],
  refusal: row.refusal,
  waits_for: row.waits_for,
  requirements: standingOf(row),
  user_id: row.user_id,
  // Who was refused is in no column: whether anything was met is told by it.
  username: row.username === '' ? typedNameOf(row.steps) : row.username,
  last_failure: lastFailureOf(readProcessSteps(row.steps)),
  device: { name: row.device_name, platform: row.platform, app_version: row.app_version },
  key_thumbprint: row.key_thumbprint,
  address: row.address,
  picture,
  device_id: row.device_id,
  ready_at: row.ready_at,
  created_at: row.created_at,
  updated_at: row.updated_at,
  expires_at: row.expires_at,
  ended_at: row.ended_at,
});

/** Wakes whoever waits for a change of it. */
export const processTopic = (id: string): string => `onboarding ${id}`;
