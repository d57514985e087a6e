// Real Chromium, driven by playwright-core: nothing downloaded, nothing loaded from other hosts, every complaint of the page kept.
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { requireProgram } from '@countersign/testkit/peers/find-program.ts';
import { testScale } from '@countersign/testkit/scale.ts';
import axe from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';

export interface BrowserOptions {
  /** A video (`.y4m`) that stands in for the camera, which is then allowed without a question. */
  readonly cameraFile?: string;
}

/** What Playwright switches off; only the last of several --disable-features counts. */
const offByPlaywright =
  'AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,LensOverlay,MediaRouter,PaintHolding,ThirdPartyStoragePartitioning,OptimizationHints,NetworkTimeServiceQuerying,AimEnabled,PreconnectToSearch';
/** Pages of its own for the address bar, which a browser without a window never shows, cost more than half of its start. */
const unseen = 'WebUIOmniboxPopup,WebUIOmniboxAimPopup';

export async function openBrowser({ cameraFile }: BrowserOptions = {}): Promise<Browser> {
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const camera =
    cameraFile === undefined
      ? []
      : [
          '--use-fake-ui-for-media-stream',
          '--use-fake-device-for-media-stream',
          `--use-file-for-fake-video-capture=${cameraFile}`,
        ];
  return chromium.launch({
    executablePath: requireProgram('chromium', 'chromium'),
    args: [
      ...asRoot,
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      `--disable-features=${offByPlaywright},${unseen}`,
      ...camera,
    ],
  });
}

/** One browser for all tests of a file, which call this once. */
export function sharedBrowser(): () => Browser {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
  });
  return () => {
    if (!browser) throw new Error('no browser before the first test');
    return browser;
  };
}

export const schemes = ['light', 'dark'] as const;

/** The languages of the apps, and how a browser says that it wants one. */
export const languages = [
  { language: 'en', options: { locale: 'en-GB' } },
  { language: 'de', options: { locale: 'de-DE' } },
] as const;

/** How every screen of the phone is looked at. */
export const looks = languages.flatMap(({ language, options }) =>
  schemes.map((scheme) => ({ language, scheme, options: { ...options, colorScheme: scheme } })),
);

/** Two of them in which each language and each scheme stands once: for journeys that are long. A test scale above 1 takes all. */
export const someLooks =
  testScale() > 1
    ? looks
    : looks.filter(({ language, scheme }) => (language === 'en') === (scheme === 'light'));

export interface ObservedPage {
  readonly page: Page;
  /** Errors and refusals by the Content-Security-Policy, as the browser's console has them. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

/** A browser of its own for one person: nothing is shared with the others. */
export async function openPage(browser: Browser, options: BrowserContextOptions): Promise<ObservedPage> {
  const context = await browser.newContext(options);
  const complaints: string[] = [];
  const page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    // A refused call is an answer of the server; tests look at what the page makes of it.
    const isAnswer = message.text().startsWith('Failed to load resource');
    if (message.type() === 'error' && !isAnswer) complaints.push(message.text());
  });
  return { page, complaints, close: () => context.close() };
}

// What runs in the page is given as text: the browser's types are not those of the tests.

/** What is still moving has not its own colours yet; what moves for ever is not waited for. */
const atRest = `Promise.all(document.getAnimations()
  .filter(({ effect }) => effect?.getComputedTiming().iterations !== Infinity)
  .map(({ finished }) => finished))`;

const findViolations = `${atRest}
  .then(() => axe.run(document, { resultTypes: ['violations'] }))
  .then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' ')))`;

/** Fails with every violation that axe-core finds on the page, of any impact. */
export async function expectAccessible(page: Page, what: string): Promise<void> {
  await page.evaluate(axe.source);
  expect(await page.evaluate<string[]>(findViolations), what).toEqual([]);
}

/** What a screen reader would call it, more or less. */
export const focusedText = (page: Page): Promise<string> =>
  page.evaluate<string>(
    `[document.activeElement].filter((it) => it !== document.body)
      .map((it) => (it.ariaLabel || it.textContent).trim()).join()`,
  );

/** Nothing to scroll, in either direction. */
export async function fitsTheScreen(page: Page): Promise<boolean> {
  const { width = 0, height = 0 } = page.viewportSize() ?? {};
  return page.evaluate<boolean>(
    `document.documentElement.scrollHeight <= ${height} && document.documentElement.scrollWidth <= ${width}`,
  );
}

/** Nothing sticks out to the side. Not the window's own width: that of a phone grows with what does not fit. */
export async function expectToFit(page: Page, what: string): Promise<void> {
  const width = await page.evaluate<number>('document.documentElement.scrollWidth');
  expect(width, what).toBeLessThanOrEqual(page.viewportSize()?.width ?? 0);
}

/** Takes pictures into the folder `screenshots` of a scenario: build output, to be looked at. Whole ones show what is below the fold. */
export function picturesIn(scenario: string): (page: Page, name: string, isWhole?: boolean) => Promise<void> {
  const pictures = join(scenario, 'screenshots');
  return async (page, name, isWhole = false) => {
    mkdirSync(pictures, { recursive: true });
    const path = join(pictures, `${name}.png`);
    await page.screenshot({ path, animations: 'disabled', fullPage: isWhole });
  };
}

/** What the page of a built web app names itself, and how many bytes all of it is, packed. */
export function firstLoad(app: string): { readonly files: readonly string[]; readonly bytes: number } {
  const dist = join(import.meta.dirname, '../packages', app, 'dist');
  const page = readFileSync(join(dist, 'index.html'), 'utf8');
  const named = [...page.matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)].map(([, file = '']) => file);
  const files = ['index.html', ...named];
  const sizes = files.map((file) => gzipSync(readFileSync(join(dist, file))).length);
  const bytes = sizes.reduce((sum, each) => sum + each, 0);
  console.log(`${app}: ${bytes} bytes at first load, packed (${files.join(', ')})`);
  return { files, bytes };
}

/** By the clock of the page. */
export const letPass = (page: Page, ms: number): Promise<void> =>
  page.evaluate(`new Promise((resolve) => setTimeout(resolve, ${ms}))`);
