// What the administrator learns about proofs that were refused: every one is counted, a few a minute are logged.
import type { RefusedProof } from '#core/devices/authenticate-device.ts';
import { createThrottle, type Limit } from '#core/throttles/throttles.ts';
import { sourceKey } from '#core/throttles/source-key.ts';
import type { Edge } from './edge.ts';
import { maxLoggedUrl } from './request-log.ts';

/** Log lines for each cause and device, or source where the device is not known. */
export const refusedProofLines = { burst: 5, perMinute: 6 } as const satisfies Limit;

/** @returns takes a refused proof in */
export function tellRefusedProofs({
  log,
  metrics,
  clock,
}: Pick<Edge, 'log' | 'metrics' | 'clock'>): (refused: RefusedProof) => void {
  const lines = createThrottle(clock, refusedProofLines);
  return ({ cause, call, thumbprint, deviceId }) => {
    metrics.countersign_device_proofs_refused_total.inc({ cause });
    // Keys cost nothing to make: only those of devices count by themselves.
    if (!lines.take(`${cause} ${deviceId ?? sourceKey(call.source)}`).allowed) return;
    log.warn(
      {
        cause,
        method: call.method,
        url: call.url.slice(0, maxLoggedUrl),
        source: call.source,
        key_thumbprint: thumbprint,
        device_id: deviceId,
      },
      'device proof refused',
    );
  };
}
