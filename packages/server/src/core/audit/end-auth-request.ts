// What every ending of an auth request writes into its row, whoever ends it.
import { type RawBuilder, sql } from 'kysely';
import { appendSteps, type StepEntry } from './steps.ts';

/** Marks a context that names one session for good: it goes on naming it once the login has ended. */
export const lastingContextMark = 's.';

/** A context that others may have again must not stand in their way. */
export const contextAfterEnd = `case when auth_requests.door_context like '${lastingContextMark}%' then auth_requests.door_context end`;

/** For an UPDATE of `auth_requests`, besides status and reason. @param at epoch milliseconds */
export function endedColumns(
  at: number,
  step: StepEntry,
): {
  decided_at: number;
  updated_at: number;
  steps: RawBuilder<string>;
  door_context: RawBuilder<string | null>;
} {
  return {
    decided_at: at,
    updated_at: at,
    steps: appendSteps(at, [step]),
    door_context: sql.raw<string | null>(contextAfterEnd),
  };
}
