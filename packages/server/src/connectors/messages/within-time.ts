// Waits for a gateway no longer than it may take, and always comes back with an outcome.
import { failed, type Outcome } from '#core/messages/message-sender.ts';
import { unlessAborted } from '#platform/unless-aborted.ts';
import { failureOfError } from './failure-of-error.ts';

/** Never rejects. @param send gets the signal that ends it, ours or the caller's */
export async function withinTime(
  timeoutMs: number,
  signal: AbortSignal,
  send: (signal: AbortSignal) => Promise<Outcome>,
): Promise<Outcome> {
  const both = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  try {
    return await unlessAborted(send(both), both);
  } catch (error) {
    return both.aborted ? failed('timed_out') : failureOfError(error);
  }
}
