// How many logins are too many, from the settings: what each limit lets through at once, and in the long run.
import { createLoginFailures, failureLimits } from '#core/throttles/login-failures.ts';
import { createThrottle, type Limit, type Throttle } from '#core/throttles/throttles.ts';
import type { Clock } from '#platform/clock.ts';
import type { Config } from '#platform/config.ts';
import type { LoginThrottles } from './begin-login.ts';

const limit = (rate: number, burst: number): Limit => ({ burst: Math.ceil(burst), perMinute: rate });

/** Fresh ones: nobody has used up anything yet. */
export function createLoginThrottles({
  config,
  clock,
}: {
  readonly config: Config;
  readonly clock: Clock;
}): LoginThrottles {
  const perMinute = (rate: number, burst: number): Throttle => createThrottle(clock, limit(rate, burst));
  return {
    failures: createLoginFailures(clock, failureLimits(config)),
    source: perMinute(config.loginsPerSource, Math.max(10, config.loginsPerSource / 3)),
    user: perMinute(config.loginsPerUser, Math.max(5, config.loginsPerUser / 3)),
    client: perMinute(config.loginsPerApplication / 2, config.loginsPerApplication / 20),
    application: perMinute(config.loginsPerApplication, config.loginsPerApplication / 10),
    requests: perMinute(config.requestsPerUser, config.requestsPerUser),
    recorded: perMinute(60, 60),
  };
}
