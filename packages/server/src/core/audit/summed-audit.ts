// What strangers can cause at will is audited, but not as often as they like: one event for each key in a minute, with how many it stands for.
import type { Db } from '#db/db.ts';
import type { Clock } from '#platform/clock.ts';
import { type AuditDeps, type AuditEntry, recordAudit } from './record-audit.ts';

const everyMs = 60_000;

interface Told {
  /** When an event was last written, or tried to be. */
  readonly at: number;
  /** Since then, and not told yet. */
  untold: number;
}

interface Tally {
  /** Counts one. @returns how many to tell of now, or undefined when it is too early */
  count(key: string): number | undefined;
  /** So many were not told of after all. */
  putBack(key: string, times: number): void;
}

/**
 * Keys must be few: each is remembered. What comes after the last one that was told waits for the next, and so does what an event that
 * could not be written stood for.
 * @param failed is told when an event could not be written: what it tells of was refused all the same
 * @returns counts one for a key; writes the event when it is time, with `times` among its data
 */
export function createSummedAudit(
  deps: AuditDeps & { readonly db: Db },
  failed: (error: unknown) => void,
): (key: string, entry: AuditEntry) => Promise<void> {
  const tally = createTally(deps.clock);
  return async (key, entry) => {
    const times = tally.count(key);
    if (times === undefined) return;
    const summed = { ...entry, data: { ...entry.data, times } };
    try {
      await deps.db.write((tx) => recordAudit(tx, deps, summed));
    } catch (error) {
      tally.putBack(key, times);
      failed(error);
    }
  };
}

function createTally(clock: Clock): Tally {
  const told = new Map<string, Told>();
  return {
    count(key) {
      const now = clock.now();
      const last = told.get(key);
      if (last && now - last.at < everyMs) {
        last.untold += 1;
        return undefined;
      }
      told.set(key, { at: now, untold: 0 });
      return (last?.untold ?? 0) + 1;
    },
    putBack(key, times) {
      const last = told.get(key);
      if (last) last.untold += times;
    },
  };
}
