import { expect, test } from 'vitest';
import { passkeyName } from './passkey-name.ts';

const none = '00000000-0000-0000-0000-000000000000';
const chromeOnWindows =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36';

test.each([
  [
    'EA9B8D66-4D01-1D21-3CE4-B6B48CB575D4',
    ['hybrid', 'internal'],
    chromeOnWindows,
    'Google Password Manager',
  ],
  ['08987058-cadc-4b81-b6e1-30de50dcbe96', ['internal'], chromeOnWindows, 'Windows Hello'],
  [none, ['usb', 'nfc'], chromeOnWindows, 'Security key'],
  [none, ['internal'], chromeOnWindows, 'Chrome on Windows'],
  [none, [], `${chromeOnWindows} Edg/139.0.0.0`, 'Edge on Windows'],
  [
    none,
    ['internal'],
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15',
    'Safari on Mac',
  ],
  [none, [], 'Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0', 'Firefox on Linux'],
  [none, [], 'curl/8', 'Passkey'],
  ['', [], '', 'Passkey'],
])('%s %j %s: %s', (aaguid, transports, userAgent, name) => {
  expect(passkeyName({ aaguid, transports, userAgent })).toBe(name);
});
