// A thousand people look at their phones when one of two nodes loses power. Everybody who answers is let in, once, through the other node.
import { setTimeout as sleep } from 'node:timers/promises';
import { Code } from '@countersign/radius';
import { type FreeradiusPeer, startFreeradius } from '@countersign/testkit/peers/freeradius.ts';
import { findPostgres, type PostgresPeer, startPostgres } from '@countersign/testkit/peers/postgres.ts';
import { loginsWithRetries, type NasLogin } from '@countersign/testkit/peers/retrying-nas.ts';
import { testScale } from '@countersign/testkit/scale.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { approveAll, enrolFleet, type Member } from '../fleet.ts';
import { deployTwoNodes, type TwoNodes } from '../nodes.ts';
import type { Gateway } from '../vpn.ts';

const sessionsOfUser = 3;
const users = Math.ceil((1000 * testScale()) / sessionsOfUser);
const logins = users * sessionsOfUser;
/** It asks the other node long before the 30 seconds are over in which a decision is told again. */
const retries = { timeoutMs: 4000, tries: 3, patienceMs: 110_000 };
const requestSeconds = '120';
const endings = 'select status, reason, count(*) from auth_requests group by 1, 2 order by 1, 2';
/** A home server checks it: a thousand password hashes would be most of the work on a small machine. */
const homePassword = 'the-same-for-everybody';

describe.skipIf(findPostgres() === undefined)(`a node is killed while ${logins} requests wait`, () => {
  let postgres: PostgresPeer;
  let home: FreeradiusPeer;
  let nodes: TwoNodes;
  let gateway: Gateway;
  let fleet: Member[];
  beforeAll(async () => {
    postgres = await startPostgres({ durable: true });
    nodes = await deployTwoNodes(await postgres.createDatabase('killed'));
    await nodes.vpn.installation.json([
      ...['applications', 'change', nodes.vpn.application.id, '--request-seconds', requestSeconds],
    ]);
    home = await startFreeradius({ everybody: homePassword });
    await nodes.vpn.addHomeServer('radius', home);
    gateway = await nodes.addGateway({ options: ['--home-server', 'radius'] });
    fleet = await enrolFleet(nodes.vpn, users, { through: nodes.balancer, homePassword });
  });
  afterAll(async () => {
    await nodes?.stop();
    await home?.stop();
    await postgres?.stop();
  });

  const sessions = (member: Member, index: number): NasLogin[] =>
    Array.from({ length: sessionsOfUser }, (_, nth) => ({
      ...{ username: member.user.username, password: member.user.password },
      session: `${index}-${nth}`,
      from: `10.${nth}.${Math.floor(index / 250)}.${(index % 250) + 1}`,
    }));
  const count = async (sql: string): Promise<number> => Number(await postgres.query('killed', sql));

  test('every answered one is accepted exactly once through the other node', async () => {
    const killed = Promise.withResolvers<void>();
    const phones = approveAll(fleet, { ready: () => killed.promise });
    const all = fleet.flatMap(sessions);
    const [a, b] = [nodes.a.target(gateway), nodes.b.target(gateway)];
    const began = performance.now();
    const told = Promise.all([
      loginsWithRetries(
        [a, b],
        all.filter((_, index) => index % 2 === 0),
        { ...retries, everyMs: 30 },
      ),
      loginsWithRetries(
        [b, a],
        all.filter((_, index) => index % 2 === 1),
        { ...retries, everyMs: 30 },
      ),
    ]);
    await until(() => phones.seen.size === logins, 80_000);
    expect(await count(`select count(*) from auth_requests where status = 'pending'`)).toBe(logins);
    const waiting = performance.now();
    await nodes.a.kill();
    killed.resolve();

    const results = (await told).flat();
    await phones.stop();
    console.log(
      `${logins} waiting after ${seconds(waiting - began)} s, all accepted ${seconds(performance.now() - waiting)} s after the kill`,
    );
    // The table of reasons tells what went wrong where something did.
    expect(await postgres.query('killed', endings)).toBe(`approved||${logins}`);
    expect(results.filter(({ code }) => code !== Code.AccessAccept)).toEqual([]);
    expect([...phones.seen.values()].filter((challenges) => challenges.length !== 1)).toEqual([]);
    expect(phones.refused).toEqual([]);
    expect(phones.taken()).toBe(logins);
    expect(await count('select count(*) from auth_requests')).toBe(logins);
    expect(await count(`select count(*) from auth_requests where status = 'approved'`)).toBe(logins);
    expect(await count(`select count(*) from challenges where status = 'approved'`)).toBe(logins);
    const approved = `from audit_events where event = 'auth_request.approved'`;
    expect(await count(`select count(*) ${approved}`)).toBe(logins);
    expect(await count(`select count(distinct subject_id) ${approved}`)).toBe(logins);
  });

  test('the audit chains are whole, also that of the node that was killed; it starts again without a hand', async () => {
    expect(await nodes.vpn.installation.json(['audit', 'verify'])).toMatchObject({
      kind: 'intact',
    });
    await nodes.a.kill();
    await nodes.a.start();
    expect(await nodes.vpn.installation.json(['audit', 'verify'])).toMatchObject({ kind: 'intact' });
  });
});

const seconds = (ms: number): string => (ms / 1000).toFixed(1);

async function until(condition: () => boolean, withinMs: number): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!condition() && performance.now() < deadline) await sleep(50);
}
