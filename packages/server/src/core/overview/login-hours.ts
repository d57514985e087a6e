// Hours of logins: an auth request belongs to the hour that its id was made in, so that an hour is a range of ids, which have an index.
import { idAt, timeOfId } from '#platform/id.ts';

export const hourMs = 3_600_000;

/** Hours since 1970. @param at epoch milliseconds */
export const hourOf = (at: number): number => Math.floor(at / hourMs);

/** As far as anybody looks back. */
export const hoursKept = 31 * 24;

/**
 * When every login of an hour has ended and is written, wherever it was begun: none can be answered longer than 600 seconds, and clocks
 * of nodes and commits under way differ by far less than the rest.
 */
export const settledAfterMs = 900_000;

export interface IdRange {
  /** The first id that belongs to it. */
  readonly from: string;
  /** The first that does not. */
  readonly until: string;
}

export const idsOfHours = (first: number, last: number): IdRange => ({
  from: idAt('req', first * hourMs),
  until: idAt('req', (last + 1) * hourMs),
});

/** Undefined for an id that carries no time. */
export function hourOfId(id: string): number | undefined {
  const at = timeOfId(id);
  return at === undefined ? undefined : hourOf(at);
}
