// How often devices may try. In memory, per node: a restart forgives, which costs a guesser nothing worth having, since what one process
// may cost stands in its row.
import { sourceKey } from '#core/throttles/source-key.ts';
import { createThrottle, type Limit, type Throttle } from '#core/throttles/throttles.ts';
import type { Clock } from '#platform/clock.ts';
import type { OnboardingThrottles } from './requirements/requirement-kind.ts';

/** Every limit; a whole office behind one address must be able to onboard in a morning. */
export const onboardingLimits = {
  begunBySource: { burst: 30, perMinute: 20 },
  begunByApplication: { burst: 300, perMinute: 120 },
  process: { burst: 6, perMinute: 10 },
  source: { burst: 60, perMinute: 60 },
  application: { burst: 600, perMinute: 600 },
} as const satisfies Record<keyof OnboardingThrottles, Limit>;

/** Fresh ones: nobody has used up anything yet. */
export function createOnboardingThrottles(clock: Clock): OnboardingThrottles {
  const bySource = (limit: Limit): Throttle => {
    const throttle = createThrottle(clock, limit);
    return { take: (address) => throttle.take(sourceKey(address)) };
  };
  return {
    begunBySource: bySource(onboardingLimits.begunBySource),
    begunByApplication: createThrottle(clock, onboardingLimits.begunByApplication),
    process: createThrottle(clock, onboardingLimits.process),
    source: bySource(onboardingLimits.source),
    application: createThrottle(clock, onboardingLimits.application),
  };
}
