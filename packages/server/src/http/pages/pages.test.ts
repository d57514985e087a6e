import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '#platform/clock.ts';
import { testServer } from '../edge.test-support.ts';
import { appFiles } from './app-files.ts';
import { html } from './html.ts';
import { registerPages } from './register-pages.ts';

const notBuilt = appFiles(join(import.meta.dirname, 'nothing-built-here'), systemClock);
const aFile = {
  type: 'text/html',
  content: Buffer.from(''),
  packed: undefined,
  etag: '',
  isImmutable: false,
};
const built = { find: () => aFile, isBuilt: () => true };

const start = (publicUrl = 'http://localhost:8080', apps = notBuilt) =>
  testServer(
    (app, edge) =>
      registerPages(app, edge, {
        version: '1.2.3',
        authenticator: apps,
        console: apps,
      }),
    { publicUrl },
  );

test('the template escapes whatever is put in', () => {
  const evil = `<script>"'&`;
  expect(html`<a title="${evil}">${evil}${[html`<b>`, html`${evil}`]}</a>`.text).toBe(
    '<a title="&lt;script&gt;&quot;&#39;&amp;">&lt;script&gt;&quot;&#39;&amp;<b>&lt;script&gt;&quot;&#39;&amp;</a>',
  );
});

test.each(['/', '/docs', '/docs/problems', '/onboard'])(
  '%s is a page without script or inline style, and every link in it leads somewhere',
  async (url) => {
    const { app } = await start();
    const page = await app.inject(url);
    expect(page.statusCode).toBe(200);
    expect(page.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    });
    expect(page.body).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(page.body).not.toMatch(/<script|style=|<style|\son\w+=|undefined|\[object/i);
    const ids = new Set([...page.body.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
    const asked = new Set<string>();
    for (const [, target = ''] of page.body.matchAll(/(?:href|src|action)="([^"]+)"/g)) {
      const [path = '', fragment] = target.split('#');
      if (path === '') expect(ids).toContain(fragment);
      else if (!/^\/(?:health|authenticator)\//.test(path) && !asked.has(path))
        expect((await app.inject(path)).statusCode, target).toBe(200);
      asked.add(path);
    }
    expect((await app.inject({ method: 'HEAD', url })).statusCode).toBe(200);
  },
);

test.each(['', '/mfa'])(
  'the bare address leads into the console and an onboarding link into the authenticator, under the public URL (path "%s")',
  async (root) => {
    const { app } = await start(`https://example.com${root}`, built);
    for (const [url, target] of [
      ['/', 'console'],
      ['/onboard', 'authenticator'],
    ] as const) {
      const answer = await app.inject(url);
      expect([answer.statusCode, answer.headers.location]).toEqual([302, `${root}/${target}/`]);
      expect(answer.headers['cache-control']).toBe('no-store');
    }
  },
);

test('a public URL with a path is kept in links', async () => {
  const { app } = await start('https://example.com/mfa');
  expect((await app.inject('/')).body).toContain('href="/mfa/assets/countersign.css"');
});

test('the reference shows every route with its path, and the errors page every code', async () => {
  const { app } = await start();
  const { body } = await app.inject('/docs');
  expect(body).toContain('/v1/auth-requests/{id}/wait');
  expect(body).toContain('id="model-NewUser"');
  const errors = await app.inject('/docs/problems');
  expect(errors.body).toContain('<tr id="proof_stale">');
  expect((await app.inject('/openapi.json')).json()).toMatchObject({
    openapi: '3.1.0',
    info: { version: '1.2.3' },
  });
});

test('stylesheet and picture may be kept, and nothing else is served', async () => {
  const { app } = await start();
  const css = await app.inject('/assets/countersign.css');
  expect(css.headers).toMatchObject({
    'content-type': 'text/css; charset=utf-8',
    'cache-control': 'public, max-age=3600',
  });
  expect((await app.inject('/assets/countersign.svg')).headers['content-type']).toBe('image/svg+xml');
  expect((await app.inject('/assets/..%2fhtml.ts')).statusCode).toBe(404);
  expect((await app.inject('/assets/')).statusCode).toBe(404);
});
