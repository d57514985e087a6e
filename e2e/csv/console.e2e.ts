// Importing and exporting in the console, in a real Chromium: dropped, looked at, started, followed; in both languages, wide and narrow.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { languages, openBrowser, picturesIn } from '../browser.ts';
import { becomeOwner, lookAt, openConsole } from '../console.ts';
import { deployVpn, type Vpn } from '../vpn.ts';
import { manyUsers } from './files.ts';

let vpn: Vpn;
let browser: Browser;
const folder = mkdtempSync(join(tmpdir(), 'countersign-csv-'));
beforeAll(async () => {
  [vpn, browser] = await Promise.all([deployVpn(), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await vpn?.stop();
});

const picture = picturesIn(import.meta.dirname);
const mixed = `Username,Full name,Email,Phone,Password,Teams,Enabled,Department
alice,Alice Adams,alice@example.org,+491701234567,,Finance|Board,yes,A
bob,Bob Brown,bob@,0170 1234567,abc,Finance,yes,B
carol,Carol Clark,,49 170 7654321,long enough,,no,C
ALICE,Alice again,,,,,yes,D
`;

const words = {
  en: {
    import: 'Import',
    other: 'Another file',
    start: 'Import 2 users',
    done: 'The file is imported',
    export: 'Export',
  },
  de: {
    import: 'Importieren',
    other: 'Andere Datei',
    start: '2 Benutzer importieren',
    done: 'Die Datei ist importiert',
    export: 'Exportieren',
  },
};

test.each(languages)(
  'a file with rows at fault, an unreadable one, and the export ($language)',
  async ({ language, options }) => {
    const name = `VPN ${language}`;
    const application = await vpn.addApplication(name);
    const w = words[language];
    const console = await openConsole(browser, options);
    const { page } = console;
    await becomeOwner(console, vpn.installation, `olivia.${language}`);
    const look = (what: string) => lookAt(page, `${what}-${language}`, picture);
    await console.go(`#/applications/${application.id}/users`);
    await page.getByRole('link', { name: w.import, exact: true }).first().click();
    await page.locator('.drop-zone').waitFor();
    await look('choose');

    const choose = async (file: string, content: string | Buffer) => {
      writeFileSync(join(folder, file), content);
      await page.locator('input[type="file"]').setInputFiles(join(folder, file));
    };
    await choose('latin1.csv', Buffer.from('Username,Full name\nalice,Ädams\n', 'latin1'));
    await page.locator('.notice-warn').waitFor();
    await look('unreadable');
    await console.press(w.other);
    await choose('mixed.csv', mixed);
    await page.locator('.import-sample').waitFor();
    expect(await page.locator('.import-errors tbody tr').count()).toBe(4);
    await look('preview');
    if (language === 'en') await picture(page, 'whole/preview', true);
    await console.press(w.start);
    await page.getByRole('heading', { name: w.done }).waitFor();
    await look('done');
    await console.go(`#/applications/${application.id}/users`);
    await page.getByText('Carol Clark').waitFor();
    await console.press(w.export);
    await page.getByRole('dialog').waitFor();
    await look('export');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'CSV' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('users.csv');
    const exported = readFileSync(await download.path(), 'utf8');
    expect(
      exported
        .split('\r\n')
        .slice(1, 3)
        .map((line) => line.split(',')[0]),
    ).toEqual(['alice', 'carol']);
    expect(console.complaints).toEqual([]);
    await console.close();
  },
);

test('dropped, followed by a bar, and found again after leaving; cancelled, nothing is left', async () => {
  const application = await vpn.addApplication('VPN dropped');
  const console = await openConsole(browser);
  const { page } = console;
  await becomeOwner(console, vpn.installation, 'olivia.dropped');
  const address = `#/applications/${application.id}/users/import`;
  await console.go(address);
  await page.locator('.drop-zone').waitFor();
  const drop = (content: string) =>
    page.evaluate(`(() => {
      const data = new DataTransfer();
      data.items.add(new File([${JSON.stringify(content)}], 'users.csv', { type: 'application/vnd.ms-excel' }));
      document.querySelector('.drop-zone').dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
    })()`);
  await drop(manyUsers(20_000));
  await page.getByRole('button', { name: 'Import 20,000 users' }).waitFor();
  const begun = page.url().split('#')[1]!;
  await page.getByRole('radio', { name: /^All or nothing/ }).check();
  await picture(page, 'wide/large');
  await console.press('Import 20,000 users');
  const bar = page.getByRole('progressbar', { name: /Importing/ });
  await bar.waitFor();
  await picture(page, 'wide/importing');
  await console.press('Cancel');
  await page.locator('.drop-zone').waitFor();
  expect(await vpn.installation.json(['users', 'list', '--application', 'VPN dropped'])).toMatchObject({
    items: [],
  });

  await drop(manyUsers(20_000));
  await page.getByRole('button', { name: 'Import 20,000 users' }).waitFor();
  const second = page.url().split('#')[1]!;
  expect(second).not.toBe(begun);
  await console.press('Import 20,000 users');
  await bar.waitFor();
  await console.go(`#/applications/${application.id}/users`);
  await console.heading('Users');
  await console.go(`#${second}`);
  await page.getByRole('heading', { name: 'The file is imported' }).waitFor();
  await console.press('Another file');
  await drop(manyUsers(20_000));
  await page.getByText('Everything in the file is so already.').waitFor();
  expect(console.complaints).toEqual([]);
  await console.close();
});
