// The first moment of what is on the screen, counted from when the person can see it and not from when it came.
import { useEffect, useState } from 'preact/hooks';
import { steadyNow } from '@countersign/ui/clock.ts';
import { type FirstMoment, firstMoment } from '../requests/first-moment.ts';

const isLookedAt = (): boolean => document.visibilityState === 'visible' && document.hasFocus();

export function useFirstMoment(): FirstMoment {
  const [moment] = useState(() => firstMoment({ now: steadyNow, isLookedAt }));
  useEffect(() => {
    // Back from behind another window or app. A page that covered this one may have closed under the very press (double clickjacking).
    addEventListener('focus', moment.restart);
    document.addEventListener('visibilitychange', moment.restart);
    return () => {
      removeEventListener('focus', moment.restart);
      document.removeEventListener('visibilitychange', moment.restart);
    };
  }, [moment]);
  return moment;
}
