// The one way in without a second factor: a remote proxy that lost its server, for an application that says so in writing, and only
// for so long (law 10, ADR 0009). Only this file can make the proof `AcceptedUnreachable`.
import type { FirstFactorResult } from './first-factor.ts';

const mint: unique symbol = Symbol('only an open grace accepts');

export class AcceptedUnreachable {
  readonly kind = 'accepted';
  /** The proxy's own id of it, under which it is logged, reported and found in accounting; no auth request. */
  readonly requestId: string;
  readonly #doorData: Uint8Array | null;

  constructor(key: typeof mint, facts: { requestId: string; doorData: Uint8Array | null }) {
    if (key !== mint) throw new TypeError('AcceptedUnreachable can only be made while a grace is open');
    this.requestId = facts.requestId;
    this.#doorData = facts.doorData;
  }

  get doorData(): Uint8Array | null {
    return this.#doorData;
  }
}

/** What a proxy knows of the server it lost. Times are monotonic milliseconds. */
export interface Loss {
  /** When the server answered last. */
  readonly lastAnswerAt: number;
  /** As the application said when it could be asked last. */
  readonly graceSeconds: number;
}

/** Until when the grace of a loss is open, or undefined when the application gives none. */
export const graceUntil = ({ lastAnswerAt, graceSeconds }: Loss): number | undefined =>
  graceSeconds > 0 ? lastAnswerAt + graceSeconds * 1000 : undefined;

/**
 * @param loss undefined when the server is not known to be lost, or said no before it was.
 * @returns undefined when there is no way in
 */
export function acceptUnreachable(
  loss: Loss | undefined,
  {
    id,
    now,
    firstFactor,
  }: { readonly id: string; readonly now: number; readonly firstFactor: FirstFactorResult },
): AcceptedUnreachable | undefined {
  const until = loss && graceUntil(loss);
  if (until === undefined || now >= until) return undefined;
  if (firstFactor.kind !== 'verified') return undefined;
  return new AcceptedUnreachable(mint, { requestId: id, doorData: firstFactor.doorData });
}
