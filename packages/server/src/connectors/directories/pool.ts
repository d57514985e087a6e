// A bounded number of connections to one server, kept for the next one who needs them. Who waits for one does so in a line of bounded
// length, and only for a while.
import type { Clock } from '#platform/clock.ts';
import { DirectoryBusy } from './failure.ts';

export interface Pooled {
  isOpen(): boolean;
  close(): void;
}

export interface PoolLimits {
  /** Open or being opened at once. */
  readonly connections: number;
  readonly waiting: number;
  readonly waitMs: number;
  /** How long one may lie unused, and how old it may become. */
  readonly idleMs: number;
  readonly ageMs: number;
}

export interface Pool<C extends Pooled> {
  /**
   * Lends a connection to `work`. One that `work` leaves open goes back.
   * @param isFresh whether it was opened for this
   * @throws DirectoryBusy when none is free in time, whatever `open` throws, whatever `work` throws
   */
  use<T>(signal: AbortSignal, work: (connection: C, isFresh: boolean) => Promise<T>): Promise<T>;
  /** Closes what lies unused for too long. */
  sweep(): void;
  /** Those in use end when they come back. */
  close(): void;
  size(): number;
}

interface Kept<C> {
  readonly connection: C;
  readonly openedAt: number;
  idleSince: number;
}

export function createPool<C extends Pooled>(
  clock: Clock,
  limits: PoolLimits,
  open: (signal: AbortSignal) => Promise<C>,
): Pool<C> {
  const idle: Kept<C>[] = [];
  const line = new Set<() => void>();
  let [inUse, closed] = [0, false];

  const isGood = ({ connection, openedAt, idleSince }: Kept<C>): boolean => {
    const now = clock.monotonic();
    return connection.isOpen() && !closed && now - idleSince < limits.idleMs && now - openedAt < limits.ageMs;
  };
  const sweep = (): void => {
    for (const kept of idle.splice(0)) {
      if (isGood(kept)) idle.push(kept);
      else kept.connection.close();
    }
  };
  const enter = async (signal: AbortSignal): Promise<void> => {
    if (inUse < limits.connections) {
      inUse += 1;
      return;
    }
    if (line.size >= limits.waiting) throw new DirectoryBusy('too many wait for the directory already');
    // Whoever leaves hands on the place, so it stays counted.
    await waitInLine(line, limits.waitMs, signal);
  };
  const leave = (): void => {
    const [next] = line;
    if (next) next();
    else inUse -= 1;
  };

  return {
    async use(signal, work) {
      await enter(signal);
      try {
        sweep();
        // The one used last: those beyond the usual need grow old and are closed.
        const known = idle.pop();
        const now = clock.monotonic();
        const kept = known ?? { connection: await open(signal), openedAt: now, idleSince: now };
        try {
          return await work(kept.connection, known === undefined);
        } finally {
          kept.idleSince = clock.monotonic();
          if (isGood(kept)) idle.push(kept);
          else kept.connection.close();
        }
      } finally {
        leave();
      }
    },
    sweep,
    close() {
      closed = true;
      sweep();
    },
    size: () => inUse + idle.length,
  };
}

function waitInLine(line: Set<() => void>, waitMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
      line.delete(turn);
    };
    const turn = (): void => {
      end();
      resolve();
    };
    const giveUp = (): void => {
      end();
      reject(new DirectoryBusy(`no connection to the directory became free within ${waitMs} ms`));
    };
    const timer = setTimeout(giveUp, waitMs);
    if (signal.aborted) return giveUp();
    signal.addEventListener('abort', giveUp);
    line.add(turn);
  });
}
