// Calls that wait (long polls, event streams): each gets a signal that fires when its caller goes away or the server stops.
import type { ServerResponse } from 'node:http';

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
