// Waits for a gateway no longer than it may take, and always comes back with an outcome.
import { failed, type Outcome } from '#core/messages/message-sender.ts';
import { failureOfError } from './failure-of-error.ts';

/** Never rejects. @param send gets the signal that ends it, ours or the caller's */
export async function withinTime(
  timeoutMs: number,
  signal: AbortSignal,
  send: (signal: AbortSignal) => Promise<Outcome>,
): Promise<Outcome> {
  const both = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const ended = whenAborted(both);
  try {
    return await Promise.race([send(both), ended.promise]);
  } catch (error) {
    return both.aborted ? failed('timed_out') : failureOfError(error);
  } finally {
    ended.forget();
  }
}

/** Some things cannot be called off, such as a look-up of the system's; nobody waits for them. */
function whenAborted(signal: AbortSignal): { readonly promise: Promise<Outcome>; forget(): void } {
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  const aborted = () => resolve(failed('timed_out'));
  signal.addEventListener('abort', aborted, { once: true });
  return { promise, forget: () => signal.removeEventListener('abort', aborted) };
}
