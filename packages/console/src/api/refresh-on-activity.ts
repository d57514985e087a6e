// Asks anew when logins or onboarding move on: for figures and notices, which the stream itself does not tell.
import { useEffect } from 'preact/hooks';
import { followActivity } from './activity-stream.ts';
import { refresh } from './query.ts';
import type { CallName } from './send.ts';

/** @param names must stay the same array @param everyMs however much goes on: so often at most */
export function useRefreshOnActivity(names: readonly CallName[], everyMs: number): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = (): void => {
      timer ??= setTimeout(() => {
        timer = undefined;
        void refresh(...names);
      }, everyMs);
    };
    const unfollow = [followActivity(look), followActivity(look, 'onboarding')];
    return () => {
      for (const each of unfollow) each();
      clearTimeout(timer);
    };
  }, [names, everyMs]);
}
