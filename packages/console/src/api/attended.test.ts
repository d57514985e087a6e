// A page that asks by itself says so once nobody has touched it for a minute.
import { afterEach, expect, test, vi } from 'vitest';
import { isAttended, watchForSomebody } from './attended.ts';
import { send } from './send.ts';

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('calls tell that nobody is there, until somebody is', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const page = new EventTarget();
  watchForSomebody(page);
  page.dispatchEvent(new Event('keydown'));
  const asked = vi.fn<typeof fetch>(async () => new Response('', { status: 200 }));
  vi.stubGlobal('fetch', asked);
  const told = async () => {
    await send('endSession', {});
    return new Headers(asked.mock.lastCall?.[1]?.headers).get('countersign-unattended');
  };
  expect([isAttended(), await told()]).toEqual([true, null]);
  vi.advanceTimersByTime(60_000);
  expect([isAttended(), await told()]).toEqual([false, 'true']);
  page.dispatchEvent(new Event('pointerdown'));
  expect([isAttended(), await told()]).toEqual([true, null]);
});
