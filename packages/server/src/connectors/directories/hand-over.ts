// Turns work that gives out one thing after the other into something that can be iterated. The work waits until each thing was taken, and
// ends when nobody takes any more.

type Step<T> =
  | { readonly kind: 'item'; readonly item: T; readonly taken: () => void }
  | { readonly kind: 'end' }
  | { readonly kind: 'failed'; readonly error: unknown };

export async function* handOver<T>(
  work: (emit: (item: T) => Promise<void>, signal: AbortSignal) => Promise<void>,
): AsyncGenerator<T> {
  const stopped = new AbortController();
  let arrive: (step: Step<T>) => void = () => undefined;
  let next = new Promise<Step<T>>((resolve) => {
    arrive = resolve;
  });
  let giveUp: () => void = () => undefined;
  const emit = (item: T): Promise<void> =>
    new Promise((resolve, reject) => {
      giveUp = () => reject(new Error('nobody takes any more'));
      if (stopped.signal.aborted) return giveUp();
      const taken = (): void => {
        next = new Promise((renewed) => {
          arrive = renewed;
        });
        resolve();
      };
      arrive({ kind: 'item', item, taken });
    });
  const ended = work(emit, stopped.signal).then(
    () => arrive({ kind: 'end' }),
    (error: unknown) => arrive({ kind: 'failed', error }),
  );
  try {
    for (;;) {
      const step = await next;
      if (step.kind === 'end') return;
      if (step.kind === 'failed') throw step.error;
      yield step.item;
      step.taken();
    }
  } finally {
    stopped.abort();
    giveUp();
    await ended;
  }
}
