// Keeps the app's own files, so that it opens without a network and a version stays whole. Calls to the server pass through untouched.
// And shows a notification for every push, in few words: what is asked is fetched by the app itself.

declare const self: ServiceWorkerGlobalScope;

/** Put in by the build: every file of this version, and a digest over them all. */
const files: readonly string[] = JSON.parse('__FILES__') as readonly string[];
const version = '__VERSION__';
/** The few texts of notifications, by language. */
const words = JSON.parse('__WORDS__') as Readonly<Record<string, Readonly<Record<string, string>>>>;

const prefix = 'countersign-app-';
const cacheName = `${prefix}${version}`;
const shell = 'index.html';

self.addEventListener('install', (event) => {
  event.waitUntil(keepFiles());
});

async function keepFiles(): Promise<void> {
  const cache = await caches.open(cacheName);
  // From the server, not from the browser's cache: the files of one version belong together.
  await cache.addAll(files.map((file) => new Request(file, { cache: 'reload' })));
}

self.addEventListener('activate', (event) => {
  event.waitUntil(takeOver());
});

async function takeOver(): Promise<void> {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(prefix) && name !== cacheName);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

/** Only when the person says so: nothing changes in the middle of an approval. */
self.addEventListener('message', (event) => {
  if (event.data === 'take over') void self.skipWaiting();
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET') return;
  if (request.url.startsWith(self.registration.scope)) event.respondWith(answer(request));
  else if (request.url.startsWith(images)) event.respondWith(answerImage(request));
});

/** Images of applications, each named by its digest: what is kept of one is right for ever. Kept across versions of the app. */
const images = new URL('../v1/images/', self.registration.scope).href;
const imageCache = 'countersign-images';
const maxImages = 40;

async function answerImage(request: Request): Promise<Response> {
  const cache = await caches.open(imageCache);
  const kept = await cache.match(request);
  if (kept) return kept;
  const response = await fetch(request);
  if (response.ok) {
    await cache.put(request, response.clone());
    const oldest = (await cache.keys()).slice(0, -maxImages);
    await Promise.all(oldest.map((each) => cache.delete(each)));
  }
  return response;
}

async function answer(request: Request): Promise<Response> {
  const cache = await caches.open(cacheName);
  const wanted = request.mode === 'navigate' ? shell : request;
  return (await cache.match(wanted, { ignoreSearch: true })) ?? fetch(request);
}

self.addEventListener('push', (event) => {
  event.waitUntil(showPush(event.data));
});

interface PushFacts {
  readonly kind: unknown;
  readonly device_id?: unknown;
  readonly token?: unknown;
}

/** Browsers withdraw the permission of whoever shows nothing. What cannot be read means "ask again" (device protocol section 8). */
async function showPush(data: PushMessageData | null): Promise<void> {
  const facts = readPush(data);
  const windows = await appWindows();
  for (const window of windows) window.postMessage(facts);
  const what = whatOf(facts.kind);
  const { language } = self.navigator;
  const texts = words[language.split('-')[0] ?? ''] ?? words['en'];
  await self.registration.showNotification(texts?.[`push.${what}`] ?? 'Countersign', {
    body: texts?.[`push.${what}_help`] ?? '',
    tag: what,
    // One notification is enough for all requests, but each of them is to be heard. Not yet in TypeScript's types.
    ...({ renotify: what === 'request' } as NotificationOptions),
    icon: 'icon-192.png',
    badge: 'icon-192.png',
    requireInteraction: what === 'request',
    // An app that is looked at shows the request itself.
    silent: windows.some(({ visibilityState }) => visibilityState === 'visible'),
  });
}

function whatOf(kind: unknown): 'arrived' | 'newcomer' | 'request' {
  if (kind === 'activate') return 'arrived';
  return kind === 'newcomer' ? 'newcomer' : 'request';
}

/** Those of this app only: other pages of the same origin need not know what came, and show nobody a request. */
async function appWindows(): Promise<readonly WindowClient[]> {
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  return windows.filter(({ url }) => url.startsWith(self.registration.scope));
}

function readPush(data: PushMessageData | null): PushFacts {
  try {
    const facts = data?.json() as PushFacts | null | undefined;
    return typeof facts === 'object' && facts !== null ? facts : { kind: 'ask' };
  } catch {
    return { kind: 'ask' };
  }
}

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(openApp());
});

async function openApp(): Promise<void> {
  const [window] = await appWindows();
  if (window) await window.focus();
  else await self.clients.openWindow(self.registration.scope);
}

// What other modules of the app may not import: this file is a script of its own.
export {};
