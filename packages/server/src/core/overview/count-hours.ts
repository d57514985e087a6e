// Counts the logins of each finished hour once, so that no look at the history ever reads them again. In small steps beside the logins,
// never in their way; killed half-way, nothing of the step is written, and of several nodes the first one writes.
import { setTimeout } from 'node:timers/promises';
import type { Db } from '#db/db.ts';
import type { LoginHourTable } from '#db/administration-tables.ts';
import type { Clock } from '#platform/clock.ts';
import { hourMs, hourOf, hourOfId, hoursKept, idsOfHours, settledAfterMs } from './login-hours.ts';
import {
  countedHours,
  firstPendingEnd,
  forgetHours,
  insertCounts,
  markCounted,
  type Seen,
  selectLogins,
} from './login-hour-store.ts';

export interface CountDeps {
  readonly db: Db;
  readonly clock: Clock;
}

/** Read at once: few enough that no login waits noticeably behind them. */
const slice = 2000;
/** Between two slices, in milliseconds. */
const restMs = 20;
/** Longest time that an auth request can be answered. */
const longestMs = 600_000;

/** The newest hours first, since these are looked at. @returns how many hours were counted now. @throws Unavailable */
export async function countHours(deps: CountDeps): Promise<number> {
  const last = hourOf(await settledUntil(deps)) - 1;
  const first = hourOf(deps.clock.now()) - hoursKept;
  const known = await countedHours(deps.db.read, first, last);
  let counted = 0;
  for (const run of missingRuns(first, last, known)) counted += await countRun(deps, run);
  if (counted > 0) await deps.db.write((tx) => forgetHours(tx, first));
  return counted;
}

/** Before that moment no login can change any more, unless one still waits that should have ended long ago. */
async function settledUntil({ db, clock }: CountDeps): Promise<number> {
  const pending = await firstPendingEnd(db.read);
  const settled = clock.now() - settledAfterMs;
  return pending === undefined ? settled : Math.min(settled, pending - longestMs - hourMs / 60);
}

interface Run {
  readonly first: number;
  readonly last: number;
}

/** Hours that are not counted, in unbroken runs, the newest first. */
function missingRuns(first: number, last: number, known: ReadonlySet<number>): readonly Run[] {
  const runs: Run[] = [];
  for (let hour = last; hour >= first; hour -= 1) {
    if (known.has(hour)) continue;
    const newest = runs.at(-1);
    if (newest?.first === hour + 1) runs[runs.length - 1] = { first: hour, last: newest.last };
    else runs.push({ first: hour, last: hour });
  }
  return runs;
}

/** Walks down the ids of a run; what lies above the slice's last id is complete and is written. */
async function countRun(deps: CountDeps, { first, last }: Run): Promise<number> {
  const counts = new Map<string, LoginHourTable>();
  const whole = idsOfHours(first, last);
  let { until } = whole;
  let done = 0;
  let newest = last;
  for (;;) {
    const rows = await selectLogins(deps.db.read, { ...whole, until }, slice);
    addTo(counts, rows);
    const end = rows.at(-1);
    const isLast = rows.length < slice || end === undefined;
    const oldest = isLast ? first : (hourOfId(end.id) ?? newest) + 1;
    if (oldest <= newest) {
      done += await writeDown(deps.db, { first: oldest, last: newest }, counts);
      newest = oldest - 1;
    }
    if (isLast) return done;
    until = end.id;
    await setTimeout(restMs);
  }
}

function addTo(counts: Map<string, LoginHourTable>, rows: readonly Seen[]): void {
  for (const { id, application_id, status } of rows) {
    const hour = hourOfId(id);
    if (hour === undefined) continue;
    const key = `${hour} ${application_id} ${status}`;
    const before = counts.get(key)?.logins ?? 0;
    counts.set(key, { hour, application_id, status, logins: before + 1 });
  }
}

async function writeDown(db: Db, { first, last }: Run, counts: Map<string, LoginHourTable>): Promise<number> {
  const hours = Array.from({ length: last - first + 1 }, (_, n) => first + n);
  const rows = [...counts].filter(([, { hour }]) => hour >= first && hour <= last);
  for (const [key] of rows) counts.delete(key);
  return db.write(async (tx) => {
    const ours = await markCounted(tx, hours);
    await insertCounts(
      tx,
      rows.map(([, row]) => row).filter(({ hour }) => ours.has(hour)),
    );
    return ours.size;
  });
}
