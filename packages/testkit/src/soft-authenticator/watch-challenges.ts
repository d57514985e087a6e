// Follows the challenges of a device as they come: by long poll, or by server-sent events that say when to ask.
import { setTimeout as sleep } from 'node:timers/promises';
import type { PendingChallenge } from './challenge.ts';
import { ServerProblem, ServerUnreachable } from './server-problem.ts';
import type { SoftAuthenticator } from './soft-authenticator.ts';

export interface WatchOptions {
  /** `poll` asks and waits on the server; `events` listens to the stream. */
  readonly by: 'poll' | 'events';
  readonly signal?: AbortSignal;
  /** Is told of trouble that passes; the watch goes on. */
  readonly trouble?: (error: Error) => void;
  /** How long to leave the server alone after trouble, or while nothing new is pending; milliseconds. */
  readonly pauseMs?: number;
}

const waitSeconds = 25;

/** Yields each challenge once. Ends when the signal says so. @throws ServerProblem when the server no longer knows the device. */
export async function* watchChallenges(
  authenticator: SoftAuthenticator,
  options: WatchOptions,
): AsyncGenerator<PendingChallenge> {
  const seen = new Set<string>();
  const { signal, pauseMs = 1000 } = options;
  while (!signal?.aborted) {
    const before = seen.size;
    try {
      yield* unseen(batches(authenticator, options), seen);
    } catch (error) {
      if (signal?.aborted) return;
      if (!passes(error)) throw error;
      options.trouble?.(error);
      await pause(pauseMs, signal);
    }
    // A challenge that is pending and seen makes the server answer at once.
    const idle = seen.size === before && seen.size > 0;
    if (options.by === 'events' || idle) await pause(pauseMs, signal);
  }
}

async function* unseen(
  challenges: AsyncIterable<PendingChallenge>,
  seen: Set<string>,
): AsyncGenerator<PendingChallenge> {
  for await (const challenge of challenges) {
    if (!seen.has(challenge.id)) yield challenge;
    seen.add(challenge.id);
  }
}

async function* batches(
  authenticator: SoftAuthenticator,
  { by, signal }: WatchOptions,
): AsyncGenerator<PendingChallenge> {
  const abort = signal ? { signal } : {};
  if (by === 'poll') {
    yield* await authenticator.pending({ wait: waitSeconds, ...abort });
    return;
  }
  for await (const _ of authenticator.events(signal)) yield* await authenticator.pending(abort);
}

/** Whether it makes sense to go on: yes for a server that is away or busy, no for one that refuses us. */
const passes = (error: unknown): error is Error =>
  error instanceof ServerUnreachable ||
  (error instanceof ServerProblem && (error.status >= 500 || error.status === 429));

const pause = (ms: number, signal: AbortSignal | undefined): Promise<void> =>
  sleep(ms, undefined, signal ? { signal } : {}).catch(() => {});
