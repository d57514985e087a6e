// A list of auth requests that grows at its top while somebody reads it: what changed is put right in its place, what is new waits
// until the reader is ready for it, so that nothing moves under the eyes.
import type { Activity } from '@countersign/contract/models.ts';

export interface LiveList {
  /** Shown, newest first. */
  readonly shown: readonly Activity[];
  /** New since, newest first; not shown yet. */
  readonly waiting: readonly Activity[];
  /** Of the page after the last one shown; null: that was all. */
  readonly cursor: string | null;
  /** More is new than the newest page holds: what waits takes the place of all that is shown. */
  readonly isTorn: boolean;
  /** Where the list goes on when what waits takes its place. */
  readonly tornCursor: string | null;
}

export interface ActivityPage {
  readonly items: readonly Activity[];
  readonly next_cursor: string | null;
}

export const begun = ({ items, next_cursor: cursor }: ActivityPage): LiveList => ({
  shown: items,
  waiting: [],
  cursor,
  isTorn: false,
  tornCursor: null,
});

/** @param newest the first page as it is now @param isReading nothing may be put above what is shown */
export function brought(list: LiveList, newest: ActivityPage, isReading: boolean): LiveList {
  const known = new Set([...list.shown, ...list.waiting].map(({ id }) => id));
  const fresh = newest.items.filter(({ id }) => !known.has(id) && isAbove(id, list));
  const isTorn = isTornBy(list, newest, fresh);
  const corrected = put(list, newest.items);
  const next: LiveList = {
    ...corrected,
    waiting: isTorn ? newest.items : [...fresh, ...corrected.waiting],
    isTorn,
    tornCursor: isTorn ? newest.next_cursor : null,
  };
  return isReading ? next : taken(next);
}

/** Ids grow with time: what is older than all that is shown belongs to a page further down. */
const isAbove = (id: string, { shown }: LiveList): boolean => {
  const oldest = shown.at(-1);
  return oldest === undefined || id > oldest.id;
};

const isTornBy = (list: LiveList, newest: ActivityPage, fresh: readonly Activity[]): boolean =>
  list.isTorn ||
  (newest.next_cursor !== null &&
    fresh.length > 0 &&
    fresh.length === newest.items.length &&
    list.shown.length > 0);

/** What is shown or waits already, as it is now. */
export function put(list: LiveList, items: readonly Activity[]): LiveList {
  const now = new Map(items.map((item) => [item.id, item]));
  const renew = (all: readonly Activity[]) => all.map((each) => now.get(each.id) ?? each);
  return { ...list, shown: renew(list.shown), waiting: renew(list.waiting) };
}

/** Shows what waits. */
export const taken = (list: LiveList): LiveList =>
  list.isTorn
    ? begun({ items: list.waiting, next_cursor: list.tornCursor })
    : { ...list, shown: [...list.waiting, ...list.shown].toSorted(newestFirst), waiting: [] };

const newestFirst = (one: Activity, other: Activity): number =>
  other.created_at - one.created_at || (one.id < other.id ? 1 : -1);

/** The page after the last one. */
export function continued(list: LiveList, { items, next_cursor: cursor }: ActivityPage): LiveList {
  const known = new Set(list.shown.map(({ id }) => id));
  return { ...list, shown: [...list.shown, ...items.filter(({ id }) => !known.has(id))], cursor };
}

/** Shown as pending and not on the newest page: each is asked for by itself. */
export const unsure = (
  list: LiveList,
  newest: ActivityPage,
  changed: readonly string[],
): readonly string[] => {
  const told = new Set(newest.items.map(({ id }) => id));
  return list.shown
    .filter(({ id, status }) => !told.has(id) && (changed.includes(id) || status === 'pending'))
    .map(({ id }) => id);
};
