// Lists whose filter no index answers: a call looks at so many rows and no more, and says how far it came. A page may then hold fewer
// than asked for and still have a next one; no call takes long, however seldom what is looked for.
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '#platform/clock.ts';
import { type Page, type PageRequest, writeCursor } from './page.ts';

export interface Window<Row> {
  readonly rows: readonly Row[];
  /** Cursor values of the last row that was looked at; null when there is nothing behind it. */
  readonly end: readonly string[] | null;
}

/** How many rows one query looks at. */
export const windowRows = 2000;
/** Another window is begun only that soon after the first, in milliseconds. */
const budgetMs = 30;

/** @param look reads one window behind a cursor, with at most `wanted` rows */
export async function lookThrough<Row>(
  clock: Clock,
  wanted: number,
  after: readonly string[] | undefined,
  look: (after: readonly string[] | undefined, wanted: number) => Promise<Window<Row>>,
): Promise<Window<Row>> {
  const begun = clock.monotonic();
  const rows: Row[] = [];
  for (let position = after; ; ) {
    const window = await look(position, wanted - rows.length);
    rows.push(...window.rows);
    const isEnough = rows.length >= wanted || clock.monotonic() - begun > budgetMs;
    if (isEnough || window.end === null) return { rows, end: window.end };
    position = window.end;
    // Logins first.
    await setImmediate();
  }
}

/** @param window one row more than the page holds, unless it ended before. */
export function windowPage<Row>(
  { rows, end }: Window<Row>,
  { limit }: PageRequest,
  positionOf: (row: Row) => readonly string[],
): Page<Row> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const next = rows.length > limit && last !== undefined ? positionOf(last) : end;
  return { items, nextCursor: next && writeCursor(next) };
}
