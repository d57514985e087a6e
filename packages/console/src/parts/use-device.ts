// Something that waits for a person to confirm on a device of theirs: it can be given up meanwhile, and is when its page is left.
import { useEffect, useRef } from 'preact/hooks';
import { GivenUp } from '../api/problem.ts';

export interface Device {
  /** Waits anew; what was waited for before is given up. */
  ask<T>(act: (signal: AbortSignal) => Promise<T>): Promise<T>;
  giveUp(): void;
}

export function useDevice(): Device {
  const asking = useRef<AbortController>(undefined);
  const giveUp = (): void => asking.current?.abort(new GivenUp());
  useEffect(() => giveUp, []);
  return {
    ask: (act) => {
      giveUp();
      asking.current = new AbortController();
      return act(asking.current.signal);
    },
    giveUp,
  };
}
