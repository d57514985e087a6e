// Keeps the app's own files, so that it opens without a network and a version stays whole. Calls to the server pass through untouched.
// A push handler has its place at the end of this file.

declare const self: ServiceWorkerGlobalScope;

/** Put in by the build: every file of this version, and a digest over them all. */
const files: readonly string[] = JSON.parse('__FILES__') as readonly string[];
const version = '__VERSION__';

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
  const isOurs = request.method === 'GET' && request.url.startsWith(self.registration.scope);
  if (isOurs) event.respondWith(answer(request));
});

async function answer(request: Request): Promise<Response> {
  const cache = await caches.open(cacheName);
  const wanted = request.mode === 'navigate' ? shell : request;
  return (await cache.match(wanted, { ignoreSearch: true })) ?? fetch(request);
}

// What other modules of the app may not import: this file is a script of its own.
export {};
