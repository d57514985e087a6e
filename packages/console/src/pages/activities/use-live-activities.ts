// A list of auth requests of the server, followed: begun with the newest page, put right whenever the server says that something changed.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { followActivity } from '../../api/activity-stream.ts';
import { call } from '../../api/call.ts';
import type { CallInput } from '../../api/send.ts';
import { begun, brought, continued, type LiveList, put, taken, unsure } from './live-list.ts';

export type ActivityQuery = CallInput<'listActivity'>['query'];

export interface LiveActivities {
  /** Undefined until the first answer. */
  readonly list: LiveList | undefined;
  readonly error: unknown;
  readonly isLoadingMore: boolean;
  more(): void;
  /** Shows what waits. */
  take(): void;
  reload(): void;
}

/** However many change: so often at most the server is asked. */
const pauseMs = 1_000;
/** So many single ones at once; the others are asked with the next change. */
const maxSingle = 10;
/** A page may be empty and yet not the last one: so often the next is asked by itself. */
const maxEmptyPages = 5;

/** @param isReading whether nothing may move now; asked whenever something new comes */
export function useLiveActivities(query: ActivityQuery, isReading: () => boolean): LiveActivities {
  const key = JSON.stringify(query);
  const [list, setList] = useState<LiveList | undefined>();
  const [error, setError] = useState<unknown>();
  const [isLoadingMore, setLoadingMore] = useState(false);
  const latest = useRef(list);
  latest.current = list;
  const reading = useRef(isReading);
  reading.current = isReading;
  const [turn, setTurn] = useState(0);
  const shared = useRef({ key });

  useEffect(() => {
    const own = { key };
    shared.current = own;
    const isCurrent = () => shared.current === own;
    setList(undefined);
    setError(undefined);
    const change = (next: (list: LiveList | undefined) => LiveList | undefined) => {
      if (isCurrent()) setList(next);
    };
    const look = throttled(pauseMs, async (ids: readonly string[]) => {
      try {
        const newest = await firstPage(query, latest.current === undefined);
        if (!isCurrent()) return;
        const asked = latest.current ? unsure(latest.current, newest, ids).slice(0, maxSingle) : [];
        change((now) => (now === undefined ? begun(newest) : brought(now, newest, reading.current())));
        setError(undefined);
        const single = await Promise.all(asked.map(one));
        change((now) => now && put(now, single.flat()));
      } catch (failure) {
        if (isCurrent()) setError(failure);
      }
    });
    look.run([]);
    const unfollow = followActivity(look.run);
    return () => {
      unfollow();
      look.stop();
      shared.current = { key: '' };
    };
  }, [key, turn]);

  const more = useCallback(() => {
    const own = shared.current;
    const cursor = latest.current?.cursor;
    if (!cursor) return;
    setLoadingMore(true);
    nextPage(query, cursor)
      .then(
        (page) => own === shared.current && setList((now) => now && continued(now, page)),
        (failure: unknown) => own === shared.current && setError(failure),
      )
      .finally(() => setLoadingMore(false));
  }, [key]);
  const take = useCallback(() => setList((now) => now && taken(now)), []);
  const reload = useCallback(() => setTurn((count) => count + 1), []);
  return { list, error, isLoadingMore, more, take, reload };
}

const one = async (id: string) => {
  try {
    return [await call('getActivity', { params: { id } })];
  } catch {
    // Forgotten by the server meanwhile: it stays as it was.
    return [];
  }
};

const firstPage = (query: ActivityQuery, isFirst: boolean) =>
  isFirst ? nextPage(query, undefined) : call('listActivity', { query: { ...query } });

async function nextPage(query: ActivityQuery, cursor: string | undefined) {
  let page = await call('listActivity', { query: { ...query, cursor } });
  for (
    let tries = 1;
    page.items.length === 0 && page.next_cursor !== null && tries < maxEmptyPages;
    tries += 1
  )
    page = await call('listActivity', { query: { ...query, cursor: page.next_cursor } });
  return page;
}

/** Runs at once, and then not before it is done and the pause is over; what came meanwhile is run together. */
function throttled(everyMs: number, run: (ids: readonly string[]) => Promise<void>) {
  let waiting: readonly string[] | undefined;
  let isBusy = false;
  let isOver = false;
  const go = async (first: readonly string[]): Promise<void> => {
    isBusy = true;
    for (let ids: readonly string[] | undefined = first; ids !== undefined && !isOver; ids = waiting) {
      waiting = undefined;
      await Promise.all([run(ids), new Promise((resolve) => setTimeout(resolve, everyMs))]);
    }
    isBusy = false;
  };
  return {
    run(ids: readonly string[]): void {
      if (isOver) return;
      if (isBusy) waiting = [...(waiting ?? []), ...ids];
      else void go(ids);
    },
    stop(): void {
      isOver = true;
    },
  };
}
