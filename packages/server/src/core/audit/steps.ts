// The steps of an auth request, as the activity view tells them. They are lines of text in its row: written with it, read with it.
import type { StepCode } from '@countersign/contract/steps.ts';
import { type RawBuilder, sql } from 'kysely';

export interface StepEntry {
  readonly code: StepCode;
  readonly details?: Readonly<Record<string, string | number | null>>;
}

export interface Step extends Required<StepEntry> {
  /** Epoch milliseconds. */
  readonly at: number;
}

/** One JSON array `[at, code, details]` a line. */
export const writeSteps = (at: number, entries: readonly StepEntry[]): string =>
  entries.map(({ code, details = {} }) => `${JSON.stringify([at, code, details])}\n`).join('');

/** For an UPDATE: the steps that are there, and then these. */
export const appendSteps = (at: number, entries: readonly StepEntry[]): RawBuilder<string> =>
  sql<string>`steps || ${writeSteps(at, entries)}`;

/** Oldest first. */
export const readSteps = (text: string): readonly Step[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [at, code, details] = JSON.parse(line) as [number, StepCode, Step['details']];
      return { at, code, details };
    });
