// Lets what is asked in one moment be asked together: whoever asks while answers are under way shares the next question.

import { Unavailable } from '#platform/problem.ts';

/** Questions under way at once; more would only make each of them smaller. */
const maxUnderWay = 2;

interface Waiting<K, V> {
  readonly key: K;
  resolve(value: V): void;
  reject(error: unknown): void;
}

/** @param most keys in one question. @param ask answers in the order of the keys. */
export function createGather<K, V>(
  most: number,
  ask: (keys: readonly K[]) => Promise<readonly V[]>,
): (key: K) => Promise<V> {
  const waiting: Waiting<K, V>[] = [];
  let underWay = 0;
  let scheduled = false;

  const askTogether = async (batch: readonly Waiting<K, V>[]): Promise<void> => {
    underWay += 1;
    try {
      const values = await ask(batch.map(({ key }) => key));
      for (const [n, each] of batch.entries()) each.resolve(values[n] as V);
    } catch (error) {
      // One that cannot be asked must not be the end of the others.
      if (batch.length > 1 && !(error instanceof Unavailable))
        for (const each of batch) void askTogether([each]);
      else for (const each of batch) each.reject(error);
    } finally {
      underWay -= 1;
      schedule();
    }
  };
  const start = (): void => {
    scheduled = false;
    while (waiting.length > 0 && underWay < maxUnderWay) void askTogether(waiting.splice(0, most));
  };
  // One turn of the event loop gathers what arrived with the first.
  const schedule = (): void => {
    if (scheduled || waiting.length === 0 || underWay >= maxUnderWay) return;
    scheduled = true;
    setImmediate(start);
  };

  return (key) =>
    new Promise((resolve, reject) => {
      waiting.push({ key, resolve, reject });
      schedule();
    });
}
