import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { testServer } from '../edge.test-support.ts';
import { appFiles } from './app-files.ts';
import { authenticatorApp, consoleApp, registerWebApp } from './register-web-app.ts';

const script = `export const a = '${'x'.repeat(2000)}';`;

function build(directory: string): void {
  mkdirSync(join(directory, 'assets'), { recursive: true });
  writeFileSync(join(directory, 'index.html'), '<!doctype html><title>App</title>');
  writeFileSync(join(directory, 'app.webmanifest'), '{}');
  writeFileSync(join(directory, 'assets/main-1a2b.js'), script);
  writeFileSync(join(directory, '.stamp'), 'not served');
}

async function start(root = '') {
  const directory = mkdtempSync(join(tmpdir(), 'app-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const clock = { at: 0, monotonic: () => clock.at };
  const files = appFiles(directory, clock);
  const { app } = await testServer((fastify) => {
    registerWebApp(fastify, authenticatorApp(files), root);
    registerWebApp(fastify, consoleApp(files), root);
  });
  return { app, directory, clock };
}

test('without a build it says what to do; a build needs no restart', async () => {
  const { app, directory, clock } = await start();
  const page = await app.inject('/authenticator/');
  expect(page.statusCode).toBe(503);
  expect(page.body).toContain('npm run build');
  build(directory);
  // That there is none is not looked up for each call.
  expect((await app.inject('/authenticator/')).statusCode).toBe(503);
  clock.at += 2000;
  expect((await app.inject('/authenticator/')).body).toContain('<title>App</title>');
});

test.each(['', '/mfa'])('each app has a slash at its end, under the public URL (path "%s")', async (root) => {
  const { app, directory } = await start(root);
  build(directory);
  for (const name of ['authenticator', 'console']) {
    const answer = await app.inject(`/${name}`);
    expect([answer.statusCode, answer.headers.location]).toEqual([302, `${root}/${name}/`]);
    expect(answer.headers['cache-control']).toBe('no-store');
  }
});

test('hashed files may be kept for ever, others are asked about each time and cost nothing when they are the same', async () => {
  const { app, directory } = await start();
  build(directory);
  const hashed = await app.inject('/authenticator/assets/main-1a2b.js');
  expect(hashed.headers).toMatchObject({
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': 'public, max-age=31536000, immutable',
  });
  const page = await app.inject('/authenticator/index.html');
  expect(page.headers['cache-control']).toBe('no-cache');
  const again = await app.inject({
    url: '/authenticator/index.html',
    headers: { 'if-none-match': String(page.headers.etag) },
  });
  expect([again.statusCode, again.body]).toEqual([304, '']);
  expect((await app.inject({ method: 'HEAD', url: '/authenticator/' })).statusCode).toBe(200);
});

test('what a browser can unpack is sent packed', async () => {
  const { app, directory } = await start();
  build(directory);
  const url = '/authenticator/assets/main-1a2b.js';
  const packed = await app.inject({ url, headers: { 'accept-encoding': 'br, gzip' } });
  expect(packed.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'accept-encoding' });
  expect(gunzipSync(packed.rawPayload).toString()).toBe(script);
  const plain = await app.inject(url);
  expect(plain.body).toBe(script);
  // One tag for two forms that differ in bytes can only be a weak one.
  expect(plain.headers.etag).toMatch(/^W\/"[\w-]{22}"$/);
  expect(packed.headers.etag).toBe(plain.headers.etag);
});

test('the apps may run their own scripts and call their own server, the authenticator may use the camera, and nothing else', async () => {
  const { app, directory } = await start();
  build(directory);
  const common = [
    "base-uri 'none'",
    "connect-src 'self'",
    "default-src 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "img-src 'self'",
    "require-trusted-types-for 'script'",
    "script-src 'self'",
    "style-src 'self'",
  ];
  for (const [name, camera, own] of [
    ['authenticator', '(self)', ["manifest-src 'self'", 'trusted-types countersign', "worker-src 'self'"]],
    ['console', '()', ["trusted-types 'none'"]],
  ] as const)
    for (const path of ['', 'assets/main-1a2b.js']) {
      const { headers } = await app.inject(`/${name}/${path}`);
      // Each directive: what is not here, the browser refuses.
      expect(String(headers['content-security-policy']).split(';').toSorted()).toEqual(
        [...common, ...own].toSorted(),
      );
      expect(headers).toMatchObject({
        'permissions-policy': `camera=${camera}, microphone=(), geolocation=(), payment=(), usb=()`,
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
      });
      expect(headers).not.toHaveProperty('x-powered-by');
      expect(headers).not.toHaveProperty('access-control-allow-origin');
    }
});

test('nothing but its own files', async () => {
  const { app, directory } = await start();
  build(directory);
  for (const path of [
    '..%2f..%2fpackage.json',
    '%2e%2e/package.json',
    'assets/',
    'assets',
    'no.js',
    '.stamp',
  ])
    expect((await app.inject(`/authenticator/${path}`)).statusCode, path).toBe(404);
});
