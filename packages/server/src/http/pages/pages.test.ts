import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '#platform/clock.ts';
import { Problem } from '#platform/problem.ts';
import { testServer } from '../edge.test-support.ts';
import { appFiles } from './app-files.ts';
import { html } from './html.ts';
import { registerPages } from './register-pages.ts';

const token = `csu_${'a'.repeat(43)}`;

const notBuilt = appFiles(join(import.meta.dirname, 'nothing-built-here'), systemClock);
const aFile = {
  type: 'text/html',
  content: Buffer.from(''),
  packed: undefined,
  etag: '',
  isImmutable: false,
};
const built = { find: () => aFile, isBuilt: () => true };

async function start(publicUrl = 'http://localhost:8080', apps = notBuilt) {
  const used: string[] = [];
  const test = await testServer(
    (app, edge) =>
      registerPages(app, edge, {
        version: '1.2.3',
        authenticator: apps,
        console: apps,
        useSetupLink: async (given) => {
          if (given === `csu_${'b'.repeat(43)}`) throw new Error('broken');
          if (given !== token || used.includes(given)) throw new Problem('setup_link_invalid');
          used.push(given);
          return { clientId: 'acl_first', clientSecret: 'css_planted-secret' };
        },
      }),
    { publicUrl },
  );
  const post = (payload: string, type = 'application/x-www-form-urlencoded') =>
    test.app.inject({ method: 'POST', url: '/setup', payload, headers: { 'content-type': type } });
  return { ...test, used, post };
}

test('the template escapes whatever is put in', () => {
  const evil = `<script>"'&`;
  expect(html`<a title="${evil}">${evil}${[html`<b>`, html`${evil}`]}</a>`.text).toBe(
    '<a title="&lt;script&gt;&quot;&#39;&amp;">&lt;script&gt;&quot;&#39;&amp;<b>&lt;script&gt;&quot;&#39;&amp;</a>',
  );
});

test.each(['/', '/docs', '/docs/problems', '/onboard', `/setup?token=${token}`])(
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
    for (const [, target = ''] of page.body.matchAll(/(?:href|src|action)="([^"]+)"/g)) {
      const [path = '', fragment] = target.split('#');
      if (path === '') expect(ids).toContain(fragment);
      else if (!/^\/(?:health|authenticator)\//.test(path) && path !== '/setup')
        expect((await app.inject(path)).statusCode, target).toBe(200);
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

test('opening the setup link uses nothing; the button shows the secret once', async () => {
  const { app, used, post, lines } = await start();
  for (let i = 0; i < 3; i++) {
    const page = await app.inject(`/setup?token=${token}`);
    expect(page.body).toContain(`value="${token}"`);
    // The token stands in the URL: nothing may keep the page, and no other site may learn where one came from.
    expect(page.headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
  }
  expect(used).toEqual([]);
  const done = await post(`token=${token}`);
  expect(done.statusCode).toBe(200);
  expect(done.headers['cache-control']).toBe('no-store');
  expect(done.body).toContain('css_planted-secret');
  expect(done.body).toContain(
    'curl -u acl_first -d grant_type=client_credentials http://localhost:8080/v1/oauth/token',
  );
  const again = await post(`token=${token}`);
  expect(again.statusCode).toBe(404);
  for (const { headers } of [done, again, await app.inject('/setup?token=x')])
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
  expect(again.body).toContain('npx countersign setup-link');
  const logged = JSON.stringify(lines);
  expect(logged).not.toContain(token);
  expect(logged).not.toContain('planted-secret');
  expect(lines).toContainEqual(expect.objectContaining({ path: '/setup', code: 'setup_link_invalid' }));
});

test('a token of another form is not looked up, and nothing of it is shown', async () => {
  const { app, post } = await start();
  for (const wrong of ['', 'token=', 'token=csu_x', 'token="><script>', 'token=a&token=b'])
    expect((await app.inject(`/setup?${wrong}`)).statusCode).toBe(404);
  expect((await post('')).statusCode).toBe(404);
  expect((await post('token=csu_%22%3E%3Cscript%3E')).body).not.toContain('"><script>');
});

test('what else goes wrong at setup is answered as everywhere', async () => {
  const { post, lines } = await start();
  expect((await post(`token=csu_${'b'.repeat(43)}`)).json()).toMatchObject({
    code: 'internal_error',
    status: 500,
  });
  expect(lines).toContainEqual(expect.objectContaining({ msg: 'defect while answering a request' }));
  expect((await post('token=a&token=b')).json()).toMatchObject({ code: 'invalid_request' });
  expect((await post(`token=${'a'.repeat(2000)}`)).json()).toMatchObject({ code: 'body_too_large' });
  expect((await post('x', 'text/plain')).json()).toMatchObject({ code: 'unsupported_media_type' });
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
