// Two nodes: what one began the other finishes, and a session made at one works at the other.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser } from '../browser.ts';
import { databases } from '../databases.ts';
import { deployTwoNodes, type TwoNodes } from '../nodes.ts';
import { type Ceremony, openPasskeyBrowser, type PasskeyBrowser } from './passkey-browser.ts';

const [, postgres] = databases;

describe.skipIf(!postgres?.here)('two nodes with one PostgreSQL', () => {
  let nodes: TwoNodes;
  let browser: Browser;
  let ann: PasskeyBrowser;
  beforeAll(async () => {
    nodes = await deployTwoNodes(await postgres?.create());
    browser = await openBrowser();
    ann = await openPasskeyBrowser(browser, nodes.a.installation.url);
  });
  afterAll(async () => {
    await browser?.close();
    await nodes?.stop();
    await postgres?.stop();
  });

  /** As a load balancer brings a call of the page to the other node. */
  async function atB(method: string, path: string, body?: unknown) {
    const cookie = await ann.session();
    const answer = await fetch(nodes.b.installation.url + path, {
      method,
      headers: {
        origin: nodes.a.installation.url,
        ...(cookie !== undefined && { cookie: `countersign=${cookie}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown> };
  }

  test('a session made at one works at the other, and ended there it is ended here', async () => {
    const { link } = await nodes.vpn.installation.json<{ link: string }>(['setup-link']);
    const token = link.split('#/setup/')[1];
    const given = { token, username: 'ann', password: 'lantern orchid violin' };
    expect((await ann.call('POST', '/v1/setup', given)).status).toBe(201);
    expect((await ann.addPasskey('Laptop')).status).toBe(201);
    expect(await atB('GET', '/v1/session')).toMatchObject({ status: 200, body: { must_enrol: false } });
    expect((await atB('POST', '/v1/applications', { name: 'Made at B' })).status).toBe(201);
    expect((await atB('DELETE', '/v1/session')).status).toBe(204);
    expect((await ann.call('GET', '/v1/session')).status).toBe(401);
  });

  test('a ceremony begun at one is finished at the other, once', async () => {
    const begun = await ann.call('POST', '/v1/session/passkey-options');
    const { ceremony_id, options } = begun.body as unknown as Ceremony;
    const answer = { ceremony_id, credential: await ann.get(options) };
    const both = await Promise.all([
      atB('POST', '/v1/session/passkey', answer),
      ann.call('POST', '/v1/session/passkey', answer),
    ]);
    expect(both.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([200, 401]);
  });
});
