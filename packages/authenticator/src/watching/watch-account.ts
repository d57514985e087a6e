// Follows the requests of one account while the app is open: a stream says when to ask, and polling alone is enough without it.
import { codeOf } from '@countersign/ui/server-problem.ts';

export interface WatchDeps<Pending> {
  /** What is pending now. @throws ServerProblem, ServerUnreachable */
  readonly list: (signal: AbortSignal) => Promise<readonly Pending[]>;
  /** Calls back at each "ask again"; resolves at the end of the stream. Absent: polls only. */
  readonly follow?: ((askAgain: () => void, signal: AbortSignal) => Promise<void>) | undefined;
  readonly report: (seen: Seen<Pending>) => void;
  /** Resolves after so many milliseconds, or when `signal` fires. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
}

export type Seen<Pending> =
  | { readonly state: 'connected'; readonly pending: readonly Pending[] }
  | { readonly state: 'trouble'; readonly code: string };

/** Milliseconds between two questions. */
export const pace = {
  pending: 1500,
  streaming: 20_000,
  polling: 3000,
  /** An administrator may let this device in again, but nobody waits for it. */
  refused: 60_000,
  troubleLeast: 1000,
  troubleMost: 15_000,
} as const;

export interface Watch {
  /** Asks at once: the network is back, or the app was opened again. */
  askNow(): void;
  stop(): void;
}

export function watchAccount<Pending>(deps: WatchDeps<Pending>): Watch {
  const stop = new AbortController();
  let waiting = new AbortController();
  let streaming = false;
  let troubles = 0;

  const askAgain = (): void => {
    waiting.abort();
  };
  const askOnce = async (): Promise<number> => {
    try {
      const pending = await deps.list(stop.signal);
      troubles = 0;
      if (!stop.signal.aborted) deps.report({ state: 'connected', pending });
      if (pending.length > 0) return pace.pending;
      return streaming ? pace.streaming : pace.polling;
    } catch (error) {
      if (stop.signal.aborted) return 0;
      const code = codeOf(error);
      troubles += 1;
      deps.report({ state: 'trouble', code });
      return code === 'proof_invalid' ? pace.refused : afterTrouble(troubles);
    }
  };
  const ask = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      // From before the question: a hint that comes while it is under way must not be lost.
      waiting = new AbortController();
      const ms = await askOnce();
      await deps.pause(ms, AbortSignal.any([waiting.signal, stop.signal]));
    }
  };
  const listen = async (follow: NonNullable<typeof deps.follow>): Promise<void> => {
    for (let failures = 0; !stop.signal.aborted; failures += 1) {
      const opened = (): void => {
        streaming = true;
        failures = 0;
        askAgain();
      };
      const refused = await follow(opened, stop.signal).then(
        () => false,
        (error: unknown) => codeOf(error) === 'proof_invalid',
      );
      streaming = false;
      await deps.pause(refused ? pace.refused : afterTrouble(failures), stop.signal);
    }
  };
  void ask();
  if (deps.follow) void listen(deps.follow);
  return { askNow: askAgain, stop: () => stop.abort() };
}

const afterTrouble = (times: number): number =>
  Math.min(pace.troubleLeast * 2 ** Math.min(times, 10), pace.troubleMost);

/** A pause by the browser's timer. */
export const pauseFor = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
