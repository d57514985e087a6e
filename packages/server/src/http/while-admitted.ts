// What is sent piece by piece for a long time ends when whoever asked for it may not have it any more.
import type { Clock } from '#platform/clock.ts';
import { Problem } from '#platform/problem.ts';

/** As often as streams are looked at: whoever was signed out on whichever node gets nothing more after this. */
const lookEveryMs = 5000;

/** Breaks off instead of ending, so that what was sent does not pass for the whole. @throws Problem unauthorized */
export async function* whileAdmitted<T>(
  pieces: AsyncIterable<T>,
  isStillAdmitted: () => Promise<boolean>,
  clock: Pick<Clock, 'monotonic'>,
): AsyncGenerator<T> {
  let lookedAt = clock.monotonic();
  for await (const piece of pieces) {
    if (clock.monotonic() - lookedAt >= lookEveryMs) {
      if (!(await isStillAdmitted())) throw new Problem('unauthorized');
      lookedAt = clock.monotonic();
    }
    yield piece;
  }
}
