// Which page is open. It lives in the fragment of the address: no server has to know the pages, and no log has what stands in it.
import { createStore, useStore } from '@countersign/ui/store.ts';
import { type PageName, readRoute, type Route, type Search, searchText } from './paths.ts';

/** What the bare address opens. */
export const homePage: PageName = 'dashboard';

const route = createStore<Route>({ name: homePage, params: {}, search: {} });

export const useRoute = (): Route => useStore(route);

/** Asks before a page with unsaved input is left; undefined while there is nothing to ask. */
let mayLeave: (() => boolean) | undefined;
let current = '';

const askFirst = (event: Event): void => event.preventDefault();

/** @param check false keeps the page; undefined: nothing to ask. At most one page is open, so there is one check. */
export function guardLeaving(check: (() => boolean) | undefined): void {
  mayLeave = check;
  if (check) addEventListener('beforeunload', askFirst);
  else removeEventListener('beforeunload', askFirst);
}

/** For what leaves without another address. */
export const mayLeaveNow = (): boolean => mayLeave?.() ?? true;

export function followRoute(): void {
  const read = (): void => {
    const next = readRoute(location.hash, homePage);
    const isLeaving = !isSamePage(route.get(), next);
    if (isLeaving && !mayLeaveNow()) {
      history.replaceState(null, '', current === '' ? '#/' : current);
      return;
    }
    current = location.hash;
    route.change(() => next);
    if (!isLeaving) return;
    guardLeaving(undefined);
    scrollTo(0, 0);
  };
  addEventListener('hashchange', read);
  read();
}

/** Filters do not make another page. */
export const isSamePage = (one: Route, other: Route): boolean =>
  one.name === other.name && JSON.stringify(one.params) === JSON.stringify(other.params);

/** @param href as `hrefOf` makes it */
export function open(href: string): void {
  location.hash = href;
}

/** Takes the place of the present page: going back does not lead to it. */
export function openInstead(href: string): void {
  history.replaceState(null, '', href);
  dispatchEvent(new HashChangeEvent('hashchange'));
}

/** Changes filters in the address of the present page, without a step in the history. Undefined and empty ones go. */
export function changeSearch(changes: Search): void {
  const [path = '#/'] = (location.hash || '#/').split('?', 1);
  openInstead(`${path}${searchText({ ...route.get().search, ...changes })}`);
}
