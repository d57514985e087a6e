// Both nodes are restarted one after the other, and the database goes away and comes back, while people log in all the time.
import { setTimeout as sleep } from 'node:timers/promises';
import { Code } from '@countersign/radius';
import { findPostgres, type PostgresPeer, startPostgres } from '@countersign/testkit/peers/postgres.ts';
import { loginWithRetries, type NasLoginResult } from '@countersign/testkit/peers/retrying-nas.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { approveAll, enrolFleet, type Member } from '../fleet.ts';
import { deployTwoNodes, type Node, type TwoNodes } from '../nodes.ts';
import { type Gateway, requestOn } from '../vpn.ts';

const retries = { timeoutMs: 1000, tries: 2, patienceMs: 30_000 };
const pauseMs = 150;

describe.skipIf(findPostgres() === undefined)('logins going on all the time', () => {
  let postgres: PostgresPeer;
  let nodes: TwoNodes;
  let gateway: Gateway;
  let fleet: Member[];
  beforeAll(async () => {
    postgres = await startPostgres({ durable: true });
    nodes = await deployTwoNodes(await postgres.createDatabase('restarts'), {
      COUNTERSIGN_SHUTDOWN_SECONDS: '20',
    });
    gateway = await nodes.addGateway();
    fleet = await enrolFleet(nodes.vpn, 16, { through: nodes.balancer });
  });
  afterAll(async () => {
    await nodes?.stop();
    await postgres?.stop();
  });

  /** Everybody logs in again and again until stopped; every second person's gateway asks the other node first. */
  const keepLoggingIn = () => {
    const results: NasLoginResult[] = [];
    let goOn = true;
    const loop = async ({ user }: Member, index: number) => {
      const servers = [nodes.a.target(gateway), nodes.b.target(gateway)];
      if (index % 2 === 1) servers.reverse();
      for (let nth = 0; goOn; nth += 1) {
        const session = `${index}-${nth}`;
        const login = { ...user, session, from: `10.9.${index}.${(nth % 250) + 1}` };
        results.push(await loginWithRetries(servers, login, retries));
        await sleep(pauseMs);
      }
    };
    const loops = Promise.all(fleet.map(loop));
    return {
      results,
      async stop() {
        goOn = false;
        await loops;
      },
    };
  };
  const health = async (node: Node): Promise<number> =>
    (await fetch(`${node.installation.url}/health/ready`)).status;

  test('a rolling restart of both nodes refuses nobody', async () => {
    const phones = approveAll(fleet);
    const people = keepLoggingIn();
    const more = async (count: number) => {
      const before = people.results.length;
      await expect.poll(() => people.results.length - before).toBeGreaterThan(count);
    };
    await more(20);
    for (const node of [nodes.a, nodes.b]) {
      expect(await node.terminate()).toBe(0);
      await more(20);
      await node.start();
      await more(20);
    }
    await people.stop();
    await phones.stop();
    expect(people.results.filter(({ code }) => code !== Code.AccessAccept)).toEqual([]);
    const moved = people.results.filter(({ ports }) => ports > 1).length;
    console.log(`${people.results.length} logins, of which ${moved} went on at the other node; none refused`);
    expect(moved).toBeGreaterThan(0);
    expect(await nodes.vpn.installation.json(['audit', 'verify'])).toMatchObject({
      kind: 'intact',
    });
  });

  test('without its database a node refuses cleanly and says why; with it again, everything goes on by itself', async () => {
    const [waiting, other] = fleet;
    if (!waiting || !other) throw new Error('the fleet is too small');
    const before = loginWithRetries(
      [nodes.a.target(gateway), nodes.b.target(gateway)],
      { ...waiting.user, session: 'before-the-outage', from: '10.8.0.1' },
      // It keeps asking the same node.
      { timeoutMs: 2000, tries: 30, patienceMs: 50_000 },
    );
    const request = await requestOn(waiting.phone);

    await postgres.shutDown();
    for (const node of [nodes.a, nodes.b]) {
      await expect.poll(() => health(node)).toBe(503);
      const during = await loginWithRetries(
        [node.target(gateway)],
        { ...other.user, session: `during-${node.installation.radiusPort}`, from: '10.8.0.2' },
        { timeoutMs: 1000, tries: 2, patienceMs: 2000 },
      );
      expect([Code.AccessReject, undefined]).toContain(during.code);
      expect(await (await fetch(`${node.installation.url}/health/live`)).json()).toMatchObject({
        status: 'ok',
      });
      await expect
        .poll(() => node.server?.output())
        .toMatch(/"dependency":"database","cause":"[^"]+".*"msg":"a dependency does not answer"/);
    }
    await postgres.start();

    for (const node of [nodes.a, nodes.b]) await expect.poll(() => health(node)).toBe(200);
    await waiting.phone.answer(request, { decision: 'approve' });
    expect(await before).toMatchObject({ code: Code.AccessAccept, ports: 1 });
    const phones = approveAll([other]);
    for (const node of [nodes.a, nodes.b]) {
      const after = await loginWithRetries(
        [node.target(gateway)],
        { ...other.user, session: `after-${node.installation.radiusPort}`, from: '10.8.0.3' },
        retries,
      );
      expect(after).toMatchObject({ code: Code.AccessAccept });
      await expect.poll(() => node.server?.output()).toContain('a dependency answers again');
    }
    await phones.stop();
    expect(await nodes.vpn.installation.json(['audit', 'verify'])).toMatchObject({
      kind: 'intact',
    });
  });
});
