// Something that the person sets off and that takes a while: runs once at a time, and tells how it went.
import { useEffect, useRef, useState } from 'preact/hooks';
import { GivenUp } from '../api/problem.ts';

export interface Action<A extends readonly unknown[]> {
  readonly isBusy: boolean;
  /** Of the last run; undefined when it went well. What the person gave up is no error. */
  readonly error: unknown;
  /** Never throws. Does nothing while it is busy. @returns whether it went well */
  run(...given: A): Promise<boolean>;
  /** Takes the error from the screen. */
  dismiss(): void;
}

/** `const remove = useAction(async () => { await call('deleteUser', …); await refresh('listUsers'); });` */
export function useAction<A extends readonly unknown[]>(act: (...given: A) => Promise<unknown>): Action<A> {
  const [state, setState] = useState<{ isBusy: boolean; error: unknown }>({
    isBusy: false,
    error: undefined,
  });
  const busy = useRef(false);
  const isThere = useRef(true);
  useEffect(() => {
    isThere.current = true;
    return () => {
      isThere.current = false;
    };
  }, []);
  const end = (error: unknown): void => {
    busy.current = false;
    if (isThere.current) setState({ isBusy: false, error });
  };
  return {
    ...state,
    async run(...given) {
      if (busy.current) return false;
      busy.current = true;
      setState({ isBusy: true, error: undefined });
      try {
        await act(...given);
        end(undefined);
        return true;
      } catch (error) {
        end(error instanceof GivenUp ? undefined : error);
        return false;
      }
    },
    dismiss: () => setState((now) => ({ ...now, error: undefined })),
  };
}
