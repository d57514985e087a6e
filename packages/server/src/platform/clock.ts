// The only place that reads the machine's clock. Everything else is handed a Clock, so that tests can turn it.

export interface Clock {
  /** Epoch milliseconds. May jump when the machine's time is set. */
  now(): number;
  /** Milliseconds from an arbitrary start; never jumps back. For waits and time-outs. */
  monotonic(): number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
};
