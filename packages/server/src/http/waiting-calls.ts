// Calls that wait (long polls, event streams): each gets a signal that fires when its caller goes away or the server stops.
import type { ServerResponse } from 'node:http';
import type { Edge } from './edge.ts';

export interface WaitingCalls {
  /** A signal for one answer. Listeners on it are dropped with it. */
  signalFor(response: ServerResponse): AbortSignal;
  /** Fires every signal, and each that is asked for later: waiting calls then answer with what they have. */
  stop(): void;
}

export function createWaitingCalls(): WaitingCalls {
  const open = new Set<AbortController>();
  let stopped = false;
  return {
    signalFor(response) {
      const controller = new AbortController();
      if (stopped) {
        controller.abort();
        return controller.signal;
      }
      open.add(controller);
      response.once('close', () => {
        open.delete(controller);
        // After a whole answer nobody listens any more; before one, the caller has gone away.
        if (!response.writableFinished) controller.abort();
      });
      return controller.signal;
    },
    stop() {
      stopped = true;
      for (const controller of open) controller.abort();
      open.clear();
    },
  };
}

interface Waiter {
  readonly kind: 'api_client' | 'device';
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
