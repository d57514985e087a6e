// The console of two nodes: whichever answers, it is one server.
import { papLogin, radclient } from '@countersign/testkit/peers/radclient.ts';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser } from '../browser.ts';
import { becomeOwner, type Console, openConsole } from '../console.ts';
import { databases } from '../databases.ts';
import { deployTwoNodes, type Node, type TwoNodes } from '../nodes.ts';
import { type Gateway, requestOn } from '../vpn.ts';

const [, postgres] = databases;

describe.skipIf(!postgres?.here)('the console of two nodes with one PostgreSQL', () => {
  let nodes: TwoNodes;
  let gateway: Gateway;
  let browser: Browser;
  let olivia: Console;
  let seenFromB: Console;
  /** Signed in by the same cookie, with calls that the other node answers. */
  let atB: Page;
  beforeAll(async () => {
    nodes = await deployTwoNodes(await postgres?.create());
    [gateway, browser] = await Promise.all([nodes.addGateway(), openBrowser()]);
    olivia = await openConsole(browser);
    await becomeOwner(olivia, nodes.vpn.installation);
    await olivia.go('#/');
    const kept = await olivia.page.context().storageState();
    seenFromB = await openConsole(browser, { proxy: throughB(nodes.b), storageState: kept });
    atB = seenFromB.page;
    await atB.goto(`${nodes.a.installation.url}/console/`);
  });
  afterAll(async () => {
    expect([olivia?.complaints, seenFromB?.complaints]).toEqual([[], []]);
    await browser?.close();
    await nodes?.stop();
    await postgres?.stop();
  });

  /** As a load balancer does: the same address and the same cookie, and another node answers. */
  const throughB = ({ installation }: Node) => ({ server: installation.url, bypass: '<-loopback>' });
  const answering = (page: Page) => page.locator('.node', { hasText: 'answers you now' }).locator('.strong');
  const line = (page: Page, name: string) => page.locator('.activity-line', { hasText: name });

  test('a session made at one works at the other, and each shows both', async () => {
    for (const [page, name] of [
      [olivia.page, 'a'],
      [atB, 'b'],
    ] as const) {
      await page.locator('.node').nth(1).waitFor();
      expect(await answering(page).innerText()).toBe(name);
    }
  });

  test.each([
    ['b', 'a'],
    ['a', 'b'],
  ] as const)('live activities tell of a login at %s to whoever looks at %s', async (at, seenAt) => {
    const page = seenAt === 'a' ? olivia.page : atB;
    await page.bringToFront();
    await page.evaluate('location.hash = "#/activities"');
    await page.getByText('Live', { exact: true }).waitFor();
    const { user, phone } = await nodes.vpn.addUserWithPhone({ username: `seen-at-${seenAt}` });
    const target = at === 'a' ? gateway : nodes.b.target(gateway);
    const login = radclient(target, papLogin(user.username, user.password));
    const request = await requestOn(phone);
    await line(page, user.username).getByText('Waiting').waitFor();
    await phone.answer(request, { decision: 'approve' });
    expect((await login).code).toBe('Access-Accept');
    await line(page, user.username).getByText('Let in').waitFor();
  });

  test('sessions that are ended at one end at the other, by themselves', async () => {
    const ann = await openConsole(browser);
    await becomeOwner(ann, nodes.vpn.installation, 'ann');
    await ann.go('#/activities');
    await ann.page.getByText('Live', { exact: true }).waitFor();
    await atB.evaluate('location.hash = "#/administrators"');
    await atB.getByRole('link', { name: 'ann', exact: true }).click();
    await atB.getByRole('button', { name: 'End all sessions' }).click();
    await atB.getByText('All sessions of ann have ended').waitFor();
    await ann.page.getByText('Your session has ended.').waitFor();
    expect(ann.complaints).toEqual([]);
    await ann.close();
  });
});
