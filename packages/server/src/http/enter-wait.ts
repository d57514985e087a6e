// Places to wait: each caller has a few, and what waits is counted.
import type { Edge } from './edge.ts';
import type { maxWaits } from './rate-limits.ts';

interface Waiter {
  readonly kind: keyof typeof maxWaits;
  readonly id: string;
}

/** Takes one of the caller's places to wait; the returned function gives it back. @throws TooManyRequests */
export function enterWait(
  { limits, metrics }: Pick<Edge, 'limits' | 'metrics'>,
  { kind, id }: Waiter,
): () => void {
  const leave = limits.enterWait(kind, id);
  metrics.countersign_http_waiting.inc({ kind });
  return () => {
    leave();
    metrics.countersign_http_waiting.dec({ kind });
  };
}

/** Holds a place while `work` waits. @throws TooManyRequests */
export async function whileWaiting<T>(
  edge: Pick<Edge, 'limits' | 'metrics'>,
  waiter: Waiter,
  work: () => Promise<T>,
): Promise<T> {
  const leave = enterWait(edge, waiter);
  try {
    return await work();
  } finally {
    leave();
  }
}
