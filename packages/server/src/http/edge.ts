// What every part of the HTTP edge shares: built once by http-server.ts, handed to whatever registers routes.
import type { RefusedInput } from '#core/audit/audit-refused-input.ts';
import type { AuthenticatedDevice, NewKey } from '#core/devices/authenticate-device.ts';
import type { Clock } from '#platform/clock.ts';
import type { Log } from '#platform/log.ts';
import type { Metrics } from '#platform/metrics.ts';
import type { Random } from '#platform/random.ts';
import type { SampledLines } from '#platform/sampled-lines.ts';
import type { Callers } from './callers.ts';
import type { RateLimits } from './rate-limits.ts';
import type { WaitingCalls } from './waiting-calls.ts';

export interface Edge {
  readonly log: Log;
  readonly clock: Clock;
  readonly random: Random;
  readonly metrics: Metrics;
  readonly callers: Callers<AuthenticatedDevice, NewKey>;
  readonly limits: RateLimits;
  readonly waits: WaitingCalls;
  /** Told of what administration refused because of what it brought; never throws. */
  readonly refusedInput: (refused: RefusedInput) => Promise<void>;
  /** For lines that whoever calls can cause at will. */
  readonly lines: SampledLines;
  /** Where people and devices reach the server: scheme, host, port, no slash at the end. */
  readonly publicUrl: string;
  /** Addresses or networks of reverse proxies whose X-Forwarded-For is believed; empty believes nobody. */
  readonly trustedProxies: readonly string[];
  /** True once the server is stopping: new calls are turned away. */
  isStopping(): boolean;
}
