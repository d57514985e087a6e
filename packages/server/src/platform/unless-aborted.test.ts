import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { unlessAborted } from './unless-aborted.ts';

test('work that ends is answered or thrown as it is, and nothing stays at the signal', async () => {
  const { signal } = new AbortController();
  expect(await unlessAborted(Promise.resolve(7), signal)).toBe(7);
  await expect(unlessAborted(Promise.reject(new Error('refused')), signal)).rejects.toThrow('refused');
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('work that never ends is left, whether the signal is aborted before or meanwhile', async () => {
  const never = new Promise<never>(() => {});
  await expect(unlessAborted(never, AbortSignal.abort())).rejects.toThrow('too long');
  const controller = new AbortController();
  const left = unlessAborted(never, controller.signal);
  controller.abort();
  await expect(left).rejects.toThrow('too long');
});
