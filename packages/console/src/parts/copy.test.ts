// A copy button never says that it copied what it did not.
import { afterEach, expect, test, vi } from 'vitest';
import { copyText } from './copy.tsx';

afterEach(() => {
  vi.unstubAllGlobals();
});

test('where the browser has a clipboard it is asked, and may refuse', async () => {
  const writeText = vi.fn<(text: string) => Promise<void>>(async () => {});
  vi.stubGlobal('navigator', { clipboard: { writeText } });
  expect(await copyText('secret')).toBe(true);
  expect(writeText).toHaveBeenCalledWith('secret');
  writeText.mockRejectedValue(new Error('not allowed'));
  expect(await copyText('secret')).toBe(false);
});

test('over plain http there is none: the old way is tried, and nothing is claimed when it fails too', async () => {
  const page = new EventTarget();
  const taken = new Map<string, string>();
  const execCommand = (isAllowed: boolean) => () => {
    const event = Object.assign(new Event('copy', { cancelable: true }), {
      clipboardData: { setData: (type: string, text: string) => taken.set(type, text) },
    });
    return isAllowed && page.dispatchEvent(event);
  };
  const listen = page.addEventListener.bind(page);
  const unlisten = page.removeEventListener.bind(page);
  const pageThat = (isAllowed: boolean) => ({
    addEventListener: listen,
    removeEventListener: unlisten,
    execCommand: execCommand(isAllowed),
  });
  vi.stubGlobal('navigator', {});
  vi.stubGlobal('document', pageThat(false));
  expect(await copyText('secret')).toBe(false);
  vi.stubGlobal('document', pageThat(true));
  expect(await copyText('secret')).toBe(true);
  expect(taken).toEqual(new Map([['text/plain', 'secret']]));
});
