// What happened, grouped by the day on which it did.
import { deviceNow } from '@countersign/ui/clock.ts';
import { useNow } from '@countersign/ui/parts/use-now.ts';
import { regionOf } from '@countersign/ui/words/words.ts';
import type { ComponentChildren } from 'preact';
import { type Speech, useWords } from '../words/words.ts';

export interface DayListProps<Item> {
  /** Newest first. */
  readonly items: readonly Item[];
  /** When it happened, epoch milliseconds. */
  readonly at: (item: Item) => number;
  /** An `<li class="activity">`. */
  readonly children: (item: Item) => ComponentChildren;
}

export function DayList<Item>({ items, at, children }: DayListProps<Item>) {
  const speech = useWords();
  const now = useNow(deviceNow, 60_000);
  return (
    <>
      {[...byDay(items, at)].map(([day, those]) => (
        <section key={day} class="activity-day">
          <h2>{dayText(speech, day, now)}</h2>
          <ol>{those.map(children)}</ol>
        </section>
      ))}
    </>
  );
}

/** Where the administrator is. */
const beginOfDay = (at: number): number => new Date(at).setHours(0, 0, 0, 0);

/** By the begin of the day, in the order given. */
export const byDay = <Item,>(
  items: readonly Item[],
  at: (item: Item) => number,
): ReadonlyMap<number, readonly Item[]> => Map.groupBy(items, (item) => beginOfDay(at(item)));

function dayText({ t, language }: Speech, day: number, now: number): string {
  const today = beginOfDay(now);
  if (day === today) return t('day.today');
  if (day === beginOfDay(today - 1)) return t('day.yesterday');
  return new Intl.DateTimeFormat(regionOf(language), { dateStyle: 'full' }).format(day);
}
