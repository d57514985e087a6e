// The way in by passkey in a real browser, and everything that must not be one.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join as joinPath } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  newInstallation,
  type ServerInstallation,
  type ServerProcess,
} from '@countersign/testkit/peers/server-process.ts';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openBrowser } from '../browser.ts';
import { addGateways, expectReadOnlyPage, expectRefused, mail, sms } from './auditor.ts';
import { type Ceremony, openPasskeyBrowser, type PasskeyBrowser } from './passkey-browser.ts';

const password = 'lantern orchid violin';
const refused = { status: 401, body: { code: 'sign_in_refused' } };

describe('an administrator with a passkey', () => {
  let installation: ServerInstallation;
  let server: ServerProcess;
  let browser: Browser;
  let ann: PasskeyBrowser;
  beforeAll(async () => {
    installation = await newInstallation();
    server = await installation.start();
    // It answers a moment before it has said everything.
    await server.until('it told the link', () => /#\/setup\//.test(server.output()) || undefined);
    browser = await openBrowser();
    ann = await openPasskeyBrowser(browser, installation.url);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.terminate();
    installation?.remove();
  });

  /** A browser of its own that has no session. */
  async function another(options?: { verifies: boolean }): Promise<PasskeyBrowser> {
    const opened = await openPasskeyBrowser(browser, installation.url, options);
    onTestFinished(() => opened.close());
    return opened;
  }

  /** As a program would, with headers of its own choice. */
  async function post(path: string, body: unknown, headers: Record<string, string> = {}) {
    const answer = await fetch(installation.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  }

  /** Invited at the command line, in with a password. */
  async function join(opened: PasskeyBrowser, username: string) {
    const invited = ['administrators', 'create', '--username', username, '--role', 'auditor'];
    const { invitation_link: link } = await installation.json<{ invitation_link: string }>(invited);
    const token = link.split('#/invitation/')[1];
    return opened.call('POST', '/v1/setup', { token, username, password });
  }

  test('the setup link of the first start makes an owner with nothing but a passkey', async () => {
    const token = /#\/setup\/(csu_[\w-]{43})/.exec(server.output())?.[1];
    expect((await ann.call('POST', '/v1/setup/inspect', { token })).body).toMatchObject({ kind: 'setup' });
    const username = 'ann';
    const begun = await ann.call('POST', '/v1/setup/passkey-options', { token, username });
    const { ceremony_id, options } = begun.body as unknown as Ceremony;
    const credential = await ann.create(options);
    expect(credential).toMatchObject({ type: 'public-key' });
    const passkey = { ceremony_id, name: 'Laptop', credential };
    const made = await ann.call('POST', '/v1/setup', { token, username, passkey });
    expect(made).toMatchObject({
      status: 201,
      body: { administrator: { username, role: 'owner', passkey_count: 1 }, verify_with: ['passkey'] },
    });
    // A script of the page cannot read it.
    expect(await ann.page.evaluate<string>('document.cookie')).toBe('');
    expect(await ann.session()).toMatch(/^cse_/);
    expect((await ann.call('GET', '/v1/applications')).status).toBe(200);
  });

  test('the passkey alone signs in, without a user name', async () => {
    expect((await ann.call('DELETE', '/v1/session')).status).toBe(204);
    expect(await ann.session()).toBeUndefined();
    expect((await ann.call('GET', '/v1/session')).status).toBe(401);
    expect(await ann.signIn()).toMatchObject({ status: 200, body: { administrator: { username: 'ann' } } });
  });

  test('password and passkey, and half a session is good for nothing', async () => {
    expect((await ann.call('PUT', '/v1/session/password', { password })).status).toBe(200);
    await ann.call('DELETE', '/v1/session');
    expect(
      (await ann.call('POST', '/v1/session/password', { username: 'ann', password })).body,
    ).toMatchObject({
      status: 'second_factor',
      methods: ['passkey'],
    });
    expect((await ann.call('GET', '/v1/session')).status).toBe(401);
    expect(await ann.signIn()).toMatchObject({ status: 200, body: { must_enrol: false } });
  });

  test('refused when the user was not verified: by the browser, and by the server when the page asks for less', async () => {
    await ann.setVerifies(false);
    onTestFinished(() => ann.setVerifies(true));
    const { body } = await ann.call('POST', '/v1/session/passkey-options');
    expect(await ann.get((body as unknown as Ceremony).options)).toMatch(/NotAllowedError/);
    const discouraged = (options: Record<string, unknown>) => ({
      ...options,
      userVerification: 'discouraged',
    });
    expect(await ann.signIn(discouraged)).toMatchObject(refused);
    const carl = await another({ verifies: false });
    expect((await join(carl, 'carl')).status).toBe(201);
    const sloppy = await carl.addPasskey('Key', (options) => ({
      ...options,
      authenticatorSelection: { residentKey: 'discouraged', userVerification: 'discouraged' },
    }));
    expect(sloppy).toMatchObject({ status: 422, body: { code: 'passkey_refused' } });
  });

  test('refused when another origin asked, though the browser gave it the passkey', async () => {
    // Any port of localhost may name localhost as its relying party: the nearest that a foreign page can come.
    const foreign = createServer((_, response) => response.end('<!doctype html><title>Win a prize</title>'));
    await new Promise<void>((resolve) => foreign.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void foreign.close());
    const evil = `http://localhost:${(foreign.address() as AddressInfo).port}`;
    const begun = await post('/v1/session/passkey-options', undefined);
    const { ceremony_id, options } = begun.body as unknown as Ceremony;
    await ann.page.goto(evil);
    const credential = await ann.get(options);
    expect(credential).toMatchObject({ type: 'public-key' });
    const fromThere = await ann.page.evaluate<number | string>(
      `fetch(${JSON.stringify(`${installation.url}/v1/session`)}, { method: 'DELETE', credentials: 'include' })
        .then(({ status }) => status, (error) => String(error))`,
    );
    expect(fromThere).toMatch(/Failed to fetch/);
    await ann.page.goto(`${installation.url}/docs/problems`);
    // Passed on by a program that claims to be our page.
    const relayed = { ceremony_id, credential };
    expect(await post('/v1/session/passkey', relayed, { origin: installation.url })).toMatchObject(refused);
    expect((await ann.call('GET', '/v1/session')).status).toBe(200);
  });

  test('refused when it was sent before', async () => {
    const begun = await post('/v1/session/passkey-options', undefined);
    const { ceremony_id, options } = begun.body as unknown as Ceremony;
    const given = { ceremony_id, credential: await ann.get(options) };
    expect((await post('/v1/session/passkey', given)).status).toBe(200);
    expect(await post('/v1/session/passkey', given)).toMatchObject(refused);
    const next = (await post('/v1/session/passkey-options', undefined)).body as unknown as Ceremony;
    const renamed = { ...given, ceremony_id: next.ceremony_id };
    expect(await post('/v1/session/passkey', renamed)).toMatchObject(refused);
  });

  test('what destroys needs a fresh proof; the passkey gives it', async () => {
    const [cookie, session] = ['countersign', await ann.session()];
    const application = await ann.call('POST', '/v1/applications', { name: 'VPN' });
    const path = `/v1/applications/${String(application.body.id)}`;
    // As if the last proof were of long ago.
    const database = new DatabaseSync(joinPath(installation.dataDirectory, 'countersign.db'));
    database.exec('update sessions set verified_at = 0');
    database.close();
    expect((await ann.call('DELETE', path)).body.code).toBe('step_up_required');
    expect(await ann.signIn()).toMatchObject({ status: 200 });
    expect(await ann.session()).toBe(session);
    const foreign = await fetch(installation.url + path, {
      method: 'DELETE',
      headers: { cookie: `${cookie}=${session}`, origin: 'https://evil.example' },
    });
    expect(foreign.status).toBe(403);
    expect((await ann.call('DELETE', path)).status).toBe(204);
  });

  test('a session that was ended and an administrator who was disabled are out at once', async () => {
    const bob = await another();
    expect((await join(bob, 'bob')).status).toBe(201);
    expect((await bob.addPasskey('Phone')).status).toBe(201);
    const listed = await ann.call('GET', '/v1/administrators');
    const found = (listed.body.items as { id: string; username: string }[]).find(
      ({ username }) => username === 'bob',
    );
    const path = `/v1/administrators/${found?.id}`;
    expect((await ann.call('DELETE', `${path}/sessions`)).status).toBe(204);
    expect((await bob.call('GET', '/v1/session')).status).toBe(401);
    expect((await bob.signIn()).status).toBe(200);
    expect((await ann.call('PATCH', path, { enabled: false })).status).toBe(200);
    expect((await bob.call('GET', '/v1/session')).status).toBe(401);
    expect(await bob.signIn()).toMatchObject(refused);
    expect((await bob.call('POST', '/v1/applications', { name: 'x' })).status).toBe(401);
  });

  test('an auditor reads the gateways of SMS and mail, and changes nothing by the pages or the API', async () => {
    const dora = await another();
    expect((await join(dora, 'dora')).status).toBe(201);
    expect((await dora.addPasskey('Key')).status).toBe(201);
    await dora.page.goto(`${installation.url}/console/`);
    for (const channel of [sms, mail]) {
      const id = await addGateways(ann, channel);
      const kept = async () =>
        Promise.all(['gateways', 'rules'].map((what) => ann.call('GET', `/v1/${channel.path}-${what}`)));
      const before = await kept();
      await expectReadOnlyPage(dora.page, channel);
      await expectRefused(dora, channel, id);
      expect(await kept()).toEqual(before);
    }
  });

  test('no session, password or link is in the log, and the trail is whole', async () => {
    const log = server.stdout();
    expect(log).not.toMatch(/c(?:se|su|in)_[\w-]{43}/);
    expect(log).not.toContain(password);
    expect(log).toMatch(/"caller":"adm_/);
    expect(await installation.countersign(['audit', 'verify'])).toMatchObject({ code: 0 });
  });
});
