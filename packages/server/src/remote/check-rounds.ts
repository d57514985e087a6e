// When the server is checked: now on demand, and besides again and again; less and less often while it fails.
import type { Random } from '#platform/random.ts';
import type { LinkState } from './status-message.ts';

export interface Rounds {
  /** Checks now; calls at the same time are one. */
  readonly now: () => Promise<LinkState>;
  readonly underWay: () => boolean;
  readonly stop: () => Promise<void>;
}

/** The longest pause between checks, as a multiple of the shortest. */
const slowest = 12;

/** Pause before the next check: doubles with each failure up to a ceiling, and never the same on two proxies. @param unit 0 to 1 */
export function pauseAfter(failures: number, checkMs: number, unit: number): number {
  if (failures === 0) return checkMs;
  const pause = Math.min(slowest, 2 ** Math.min(failures, 10)) * checkMs;
  return Math.round(pause * (0.75 + 0.25 * unit));
}

/** Nothing is planned before the first check. @param check must not throw */
export function createRounds(
  { checkMs, random }: { readonly checkMs: number; readonly random: Random },
  check: () => Promise<LinkState>,
): Rounds {
  let failures = 0;
  let checking: Promise<LinkState> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const run = async (): Promise<LinkState> => {
    const state = await check();
    failures = state.kind === 'ok' ? 0 : failures + 1;
    checking = undefined;
    clearTimeout(timer);
    const pause = pauseAfter(failures, checkMs, random.below(1001) / 1000);
    if (!stopped) timer = setTimeout(() => void now(), pause);
    return state;
  };
  const now = (): Promise<LinkState> => {
    checking ??= run();
    return checking;
  };
  return {
    now,
    underWay: () => checking !== undefined,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await checking;
    },
  };
}
