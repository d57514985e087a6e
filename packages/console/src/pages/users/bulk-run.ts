// The same done to many users: a hundred in a call, told while it goes on, stopped when wanted, and nothing forgotten of what failed.
import { ServerProblem } from '@countersign/ui/server-problem.ts';
import { isPassing, NotProved } from '../../api/problem.ts';

/** As many as one call takes; the contract's own constant would bring its schemas along. */
export const chunkSize = 100;

export interface BulkUser {
  readonly id: string;
  readonly username: string;
}

export interface BulkProgress {
  readonly total: number;
  readonly done: number;
  /** Were not there any more. */
  readonly missing: readonly BulkUser[];
  /** What was not done: refused, not reached, or not begun when it was stopped. */
  readonly left: readonly BulkUser[];
}

export interface BulkEnd extends BulkProgress {
  /** Why it ended early; undefined when it went through or was stopped. */
  readonly error: unknown;
}

export interface BulkDeps {
  /** Does it to at most `chunkSize` users. */
  readonly act: (
    ids: readonly string[],
  ) => Promise<{ readonly done: number; readonly missing: readonly string[] }>;
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly onProgress: (progress: BulkProgress) => void;
}

const tries = 4;
const pauseMs = 1_000;

/** Never throws. Whoever is left can be given to it again: each act does nothing the second time. */
export async function runBulk(
  { act, pause, onProgress }: BulkDeps,
  users: readonly BulkUser[],
  signal: AbortSignal,
): Promise<BulkEnd> {
  let progress: BulkProgress = { total: users.length, done: 0, missing: [], left: users };
  for (let at = 0; at < users.length && !signal.aborted; at += chunkSize) {
    const chunk = users.slice(at, at + chunkSize);
    try {
      const { done, missing } = await insist(() => act(chunk.map(({ id }) => id)), pause, signal);
      const gone = new Set(missing);
      progress = {
        total: users.length,
        done: progress.done + done,
        missing: [...progress.missing, ...chunk.filter(({ id }) => gone.has(id))],
        left: users.slice(at + chunk.length),
      };
      onProgress(progress);
    } catch (error) {
      return { ...progress, error: signal.aborted || error instanceof NotProved ? undefined : error };
    }
  }
  return { ...progress, error: undefined };
}

/** Waits as long as the server says when it was asked too often, and tries again what passes by itself. */
export async function insist<T>(
  act: () => Promise<T>,
  pause: BulkDeps['pause'],
  signal: AbortSignal,
): Promise<T> {
  for (let left = tries; ; left -= 1) {
    try {
      return await act();
    } catch (error) {
      const wait = waitFor(error);
      if (wait === undefined || left <= 1 || signal.aborted) throw error;
      await pause(wait, signal);
    }
  }
}

function waitFor(error: unknown): number | undefined {
  if (error instanceof ServerProblem && error.code === 'too_many_requests')
    return error.retryAfterMs ?? pauseMs;
  return isPassing(error) ? pauseMs : undefined;
}
