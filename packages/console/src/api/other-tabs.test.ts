// Tabs of one console hear each other; those of another installation on the same host do not.
import { expect, onTestFinished, test, vi } from 'vitest';
import { followOtherTabs, type Holder, tellOtherTabs } from './other-tabs.ts';

test('a tab hears who is signed in, and nothing that is no such news', async () => {
  const heard: Holder[] = [];
  followOtherTabs('/console/', (holder) => heard.push(holder));
  const other = new BroadcastChannel('countersign /console/');
  const stranger = new BroadcastChannel('countersign /test/console/');
  onTestFinished(() => {
    other.close();
    stranger.close();
  });
  stranger.postMessage('adm_9');
  for (const news of ['adm_1', { id: 'adm_2' }, 3, null]) other.postMessage(news);
  await vi.waitFor(() => expect(heard).toEqual(['adm_1', null]));
  const told = vi.fn<(event: MessageEvent) => void>();
  other.onmessage = told;
  tellOtherTabs('adm_1');
  await vi.waitFor(() => expect(told.mock.lastCall?.[0].data).toBe('adm_1'));
  // Not what it said itself.
  expect(heard).toHaveLength(2);
});
