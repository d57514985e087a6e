// Leaving a page with unsaved input asks first; what stays on the page, or ends with the session, does not.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { changeSearch, followRoute, guardLeaving, mayLeaveNow } from './router.ts';

const page = new EventTarget();
const address = { hash: '' };
const goTo = (hash: string): string => {
  address.hash = hash;
  page.dispatchEvent(new Event('hashchange'));
  return address.hash;
};
/** What the browser does before it loads another document. */
const asksBeforeUnload = (): boolean => !page.dispatchEvent(new Event('beforeunload', { cancelable: true }));

beforeEach(() => {
  vi.stubGlobal('location', address);
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page));
  vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page));
  vi.stubGlobal('dispatchEvent', page.dispatchEvent.bind(page));
  vi.stubGlobal('HashChangeEvent', Event);
  vi.stubGlobal('history', {
    replaceState: (_state: null, _title: string, hash: string) => {
      address.hash = hash;
    },
  });
  vi.stubGlobal('scrollTo', () => {});
});
afterEach(() => {
  vi.unstubAllGlobals();
});

test('a page is kept while it may not be left; its filters change all the same', () => {
  address.hash = '#/settings';
  followRoute();
  const ask = vi.fn<() => boolean>(() => false);
  guardLeaving(ask);
  expect(goTo('#/audit')).toBe('#/settings');
  changeSearch({ search: 'a' });
  expect([address.hash, ask.mock.calls.length]).toEqual(['#/settings?search=a', 1]);
  expect([asksBeforeUnload(), mayLeaveNow()]).toEqual([true, false]);

  ask.mockReturnValue(true);
  expect(goTo('#/audit')).toBe('#/audit');
  expect([asksBeforeUnload(), mayLeaveNow()]).toEqual([false, true]);
});

test('without a guard nothing is asked, neither here nor by the browser', () => {
  guardLeaving(() => false);
  guardLeaving(undefined);
  expect([asksBeforeUnload(), mayLeaveNow()]).toEqual([false, true]);
});
