// What the administrator learns about proofs that were refused: every one is counted, a few a minute are logged.
import type { RefusedProof } from '#core/devices/authenticate-device.ts';
import { sourceKey } from '#core/throttles/source-key.ts';
import type { LineKind } from '#platform/sampled-lines.ts';
import type { Edge } from './edge.ts';
import { maxLoggedUrl } from './request-log.ts';

const lineOf = (cause: string): LineKind => ({
  name: `proof ${cause}`,
  level: 'warn',
  words: 'device proof refused',
});

/** @returns takes a refused proof in */
export function tellRefusedProofs({
  lines,
  metrics,
}: Pick<Edge, 'lines' | 'metrics'>): (refused: RefusedProof) => void {
  return ({ cause, call, thumbprint, deviceId }) => {
    metrics.countersign_device_proofs_refused_total.inc({ cause });
    // Keys cost nothing to make: only those of devices count by themselves.
    lines.write(lineOf(cause), deviceId ?? sourceKey(call.source), () => ({
      cause,
      method: call.method,
      url: call.url.slice(0, maxLoggedUrl),
      source: call.source,
      key_thumbprint: thumbprint,
      device_id: deviceId,
    }));
  };
}
