// Remembers an answer for a moment, so that what costs something is asked once however many look.
import type { Clock } from './clock.ts';

/** Gives what was answered under this key a moment ago, or asks. What throws is not remembered. */
export interface Recall {
  <T>(key: string, ask: () => Promise<T>): Promise<T>;
  /** Everything is asked anew: it may be otherwise now. */
  forget(): void;
}

/** Beyond that, everything is forgotten. */
const maxKeys = 200;

/** @param forMs how old an answer may be */
export function createRecall(clock: Clock, forMs: number): Recall {
  const known = new Map<string, { readonly at: number; readonly answer: Promise<unknown> }>();
  const recall = <T>(key: string, ask: () => Promise<T>): Promise<T> => {
    const found = known.get(key);
    // Whoever asks under one key asks the same.
    if (found && clock.monotonic() - found.at < forMs) return found.answer as Promise<T>;
    if (known.size >= maxKeys) known.clear();
    const answer = ask();
    known.set(key, { at: clock.monotonic(), answer });
    answer.catch(() => known.delete(key));
    return answer;
  };
  return Object.assign(recall, { forget: () => known.clear() });
}
