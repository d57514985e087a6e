// What strangers can cause at will is audited, but not as often as they like: one event for each key in a minute, with how many it stands for.
import type { Db } from '#db/db.ts';
import type { Clock } from '#platform/clock.ts';
import { type AuditDeps, type AuditEntry, recordAudit } from './record-audit.ts';

const everyMs = 60_000;

interface Told {
  readonly at: number;
  /** Since then, and not told yet. */
  untold: number;
}

/**
 * Keys must be few: each is remembered. What comes after the last one that was told waits for the next.
 * @param failed is told when an event could not be written: what it tells of was refused all the same
 * @returns counts one for a key; writes the event when it is time, with `times` among its data
 */
export function createSummedAudit(
  deps: AuditDeps & { readonly db: Db },
  failed: (error: unknown) => void,
): (key: string, entry: AuditEntry) => Promise<void> {
  const tally = createTally(deps.clock);
  return async (key, entry) => {
    const times = tally(key);
    if (times === undefined) return;
    const summed = { ...entry, data: { ...entry.data, times } };
    await deps.db.write((tx) => recordAudit(tx, deps, summed)).catch(failed);
  };
}

/** @returns counts one; says how many to tell of now, or undefined when it is too early */
function createTally(clock: Clock): (key: string) => number | undefined {
  const told = new Map<string, Told>();
  return (key) => {
    const now = clock.now();
    const last = told.get(key);
    if (last && now - last.at < everyMs) {
      last.untold += 1;
      return undefined;
    }
    told.set(key, { at: now, untold: 0 });
    return (last?.untold ?? 0) + 1;
  };
}
