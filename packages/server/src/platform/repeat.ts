// Work that comes round again and again: the next round begins a while after the last one ended, and one that fails is only told.

/** @param options.atOnce the first round begins now. @returns stops it; a round under way is waited for */
export function repeat(
  everyMs: number,
  work: () => Promise<unknown>,
  failed: (error: unknown) => void,
  { atOnce = false } = {},
): () => Promise<void> {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let round: Promise<void> = Promise.resolve();

  const run = async (): Promise<void> => {
    try {
      await work();
    } catch (error) {
      failed(error);
    }
    plan();
  };
  const plan = (afterMs = everyMs): void => {
    if (stopped) return;
    timer = setTimeout(() => {
      round = run();
    }, afterMs);
  };

  plan(atOnce ? 0 : everyMs);
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await round;
  };
}
