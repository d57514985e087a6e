// A directory that falls silent, then refuses, then is back, and logins elsewhere that must not notice.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Activity } from '@countersign/contract/models.ts';
import type { UserSourceFinding } from '@countersign/contract/user-source-models.ts';
import { Code } from '@countersign/radius';
import { loginWithRetries } from '@countersign/testkit/peers/retrying-nas.ts';
import {
  hasSlapd,
  type SlapdPeer,
  slapdAccount,
  slapdBase,
  startSlapd,
} from '@countersign/testkit/peers/slapd.ts';
import { startTcpRelay, type TcpRelay } from '@countersign/testkit/peers/tcp-relay.ts';
import { testScale } from '@countersign/testkit/scale.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiCaller, apiCaller } from '../api-caller.ts';
import { fleetEnvironment } from '../fleet.ts';
import { quantile } from '../latencies.ts';
import {
  addSourceApplication,
  giveOnce,
  reasonsOf,
  type SourceApplication,
  syncAll,
} from '../source-onboarding.ts';
import { deployVpn, type Gateway, type Vpn } from '../vpn.ts';

const quietMs = 4000 * testScale();
const silentMs = 6000 * testScale();
const refusingMs = 4000 * testScale();
/** Each second: logins elsewhere, and at the directory by RADIUS and by phones. */
const rate = { elsewhere: 12, atDirectory: 4, phones: 2 } as const;
const timeouts = { connect_ms: 1000, answer_ms: 1000 } as const;
/** Three times both, and what a refusal is kept back. */
const longestMs = 3 * (timeouts.connect_ms + timeouts.answer_ms) + 3500;
/** Far less than the time-outs of the directory, for which others would wait if they shared anything with those who ask it. */
const mostMoreMs = 400;
const noiseMs = 20;
const crowd = 100;
/** What people of the crowd have as password. */
const crowdPassword = 'none';

interface Timed<T> {
  /** Since the beginning of it all. */
  readonly at: number;
  readonly ms: number;
  readonly result: T;
}

/** Begins one after the other at that rate, however long they take. */
function steadily<T>(perSecond: number, work: (n: number) => Promise<T>): () => Promise<readonly Timed<T>[]> {
  const begun: Promise<Timed<T>>[] = [];
  const timer = setInterval(() => {
    const at = performance.now();
    const timed = work(begun.length).then((result) => ({ at, ms: performance.now() - at, result }));
    // Told when all are waited for.
    timed.catch(() => undefined);
    begun.push(timed);
  }, 1000 / perSecond);
  return () => {
    clearInterval(timer);
    return Promise.all(begun);
  };
}

/** As a NAS does: what is not answered is sent again. */
async function logIn(gateway: Gateway, username: string, password: string): Promise<number | undefined> {
  const session = randomUUID();
  const policy = { timeoutMs: 3000, tries: 4, patienceMs: longestMs };
  const login = { username, password, session, from: '203.0.113.9' };
  return (await loginWithRetries([gateway], login, policy)).code;
}

/** How late timers of this process come: what the machine alone does to times. */
function watchNoise(): () => readonly { readonly at: number; readonly ms: number }[] {
  const late: { at: number; ms: number }[] = [];
  let due = performance.now() + noiseMs;
  const timer = setInterval(() => {
    const at = performance.now();
    late.push({ at, ms: Math.max(0, at - due) });
    due = at + noiseMs;
  }, noiseMs);
  return () => {
    clearInterval(timer);
    return late;
  };
}

describe.skipIf(!hasSlapd())('a directory that is away', () => {
  let slapd: SlapdPeer;
  let relay: TcpRelay;
  let vpn: Vpn;
  let caller: ApiCaller;
  let staff: SourceApplication;
  let gateways: { readonly elsewhere: Gateway; readonly atDirectory: Gateway };
  const local = Array.from({ length: 5 }, (_, n) => ({
    username: `local${n}`,
    password: `a password of ${n}`,
  }));

  beforeAll(async () => {
    [slapd, vpn] = await Promise.all([startSlapd({ crowd }), deployVpn({ env: fleetEnvironment })]);
    relay = await startTcpRelay(slapd.tlsPort);
    caller = await apiCaller(vpn.installation);
    staff = await addSourceApplication(
      { vpn, caller },
      'Staff',
      {
        kind: 'ldap',
        name: 'example.test',
        hosts: [`localhost:${relay.port}`],
        ca: slapd.tls.authority,
        bind_name: slapdAccount.dn,
        bind_password: slapdAccount.password,
        base_dn: `ou=people,${slapdBase}`,
        ...timeouts,
      },
      ['--second-factor', 'none'],
    );
    const other = await vpn.addApplication('Elsewhere', ['--second-factor', 'none']);
    for (const user of local) await caller.call('POST', '/v1/users', { application_id: other.id, ...user });
    gateways = {
      elsewhere: await vpn.addGateway({ application: other.id }),
      atDirectory: await vpn.addGateway({ application: staff.id }),
    };
    await syncAll(caller, staff.source);
  });
  afterAll(async () => {
    await vpn?.stop();
    await relay?.stop();
    await slapd?.stop();
  });

  const isDown = () => vpn.metric('countersign_directory_server_down', { directory: 'example.test' });
  /** Where “Test connection” ends: it answers in lines. */
  const lastFinding = async (): Promise<UserSourceFinding> => {
    const response = await fetch(`${vpn.installation.url}/v1/user-sources/${staff.source.id}/test`, {
      method: 'POST',
      headers: { authorization: `Bearer ${caller.token}` },
    });
    return JSON.parse((await response.text()).trim().split('\n').at(-1) ?? '') as UserSourceFinding;
  };

  test('logins elsewhere go on as before; who asks it is kept out in time, with the reason, and comes in again', async () => {
    const someone = (n: number): string => `u${(n % crowd) + 1}`;
    const noise = watchNoise();
    const elsewhere = steadily(rate.elsewhere, (n) => {
      const user = local[n % local.length];
      return logIn(gateways.elsewhere, user?.username ?? '', user?.password ?? '');
    });
    const atDirectory = steadily(rate.atDirectory, (n) =>
      logIn(gateways.atDirectory, someone(n), crowdPassword),
    );
    const phones = steadily(rate.phones, async (n) => {
      const { accepted, processId, ms } = await giveOnce(staff.link, someone(n), crowdPassword);
      return { accepted, processId, ms };
    });
    await sleep(quietMs);
    expect(await isDown()).toBe(0);

    relay.mute(true);
    const silentFrom = performance.now();
    await sleep(silentMs);
    expect(await isDown()).toBeGreaterThan(0);
    const inSilence = await lastFinding();
    await relay.cut();
    const refusingFrom = performance.now();
    await sleep(refusingMs);
    const refusing = await lastFinding();

    relay.mute(false);
    await relay.restore();
    const backFrom = performance.now();
    await expect.poll(isDown, { interval: 200 }).toBe(0);
    const takenUpAt = performance.now();
    await sleep(quietMs);
    const [others, logins, onboardings] = [await elsewhere(), await atDirectory(), await phones()];

    // Elsewhere: none lost, none refused, none slower.
    expect(new Set(others.map(({ result }) => result))).toEqual(new Set([Code.AccessAccept]));
    const isQuiet = ({ at, ms }: { at: number; ms: number }): boolean =>
      at + ms < silentFrom || at > takenUpAt;
    const isOut = ({ at }: { at: number }): boolean => at >= silentFrom && at < backFrom;
    const figures = (some: readonly { readonly ms: number }[]) => {
      const times = some.map(({ ms }) => ms);
      const of = (share: number): string => quantile(times, share).toFixed(0);
      return { text: `${times.length}: p50 ${of(0.5)}, p99 ${of(0.99)} ms`, p99: quantile(times, 0.99) };
    };
    const late = noise();
    const [quiet, out] = [figures(others.filter(isQuiet)), figures(others.filter(isOut))];
    const [lateQuiet, lateOut] = [figures(late.filter(isQuiet)), figures(late.filter(isOut))];
    console.log(`  logins elsewhere, quiet ${quiet.text}; while the directory is away ${out.text}`);
    console.log(`  the machine alone, quiet ${lateQuiet.text}; meanwhile ${lateOut.text}`);
    const noisier = 3 * Math.max(0, lateOut.p99 - lateQuiet.p99);
    expect(out.p99).toBeLessThan(Math.max(3 * quiet.p99, quiet.p99 + mostMoreMs) + noisier);

    // At the directory: nobody comes in without it, nobody waits for ever, everybody comes in again.
    const asked = onboardings.map(({ at, result }) => ({ at, ms: result.ms }));
    const slowest = (some: readonly { readonly ms: number }[]): number =>
      Math.max(...some.map(({ ms }) => ms));
    console.log(
      `  at the directory: slowest login ${slowest(logins).toFixed(0)} ms, slowest phone ${slowest(asked).toFixed(0)} ms; taken up ${(takenUpAt - backFrom).toFixed(0)} ms after it was back`,
    );
    expect(slowest([...logins, ...asked])).toBeLessThan(longestMs);
    expect(logins.filter(isOut).filter(({ result }) => result !== Code.AccessReject)).toEqual([]);
    // On a machine that is busy with something else an answer may come too late even so.
    const share = <T>(some: readonly T[], isGood: (each: T) => boolean): number =>
      some.filter(isGood).length / some.length;
    expect(share(logins.filter(isQuiet), ({ result }) => result === Code.AccessAccept)).toBeGreaterThan(0.9);
    expect(onboardings.filter(isOut).filter(({ result }) => result.accepted)).toEqual([]);
    expect(share(onboardings.filter(isQuiet), ({ result }) => result.accepted)).toBeGreaterThan(0.9);

    // What the administrator reads.
    const reasonAt = async (from: number, until: number) => {
      const some = onboardings.filter(({ at }) => at >= from && at < until).at(-1);
      return (await reasonsOf(caller, some?.result.processId ?? '')).at(-1) ?? '';
    };
    const told = [
      await reasonAt(silentFrom, silentFrom + 1000),
      await reasonAt(refusingFrom, backFrom),
      await reasonAt(takenUpAt, Number.POSITIVE_INFINITY),
    ];
    for (const each of told) console.log(`  ${each}`);
    expect(told[0]).toMatch(
      /could not be asked: localhost:\d+: .*(no answer within 1000 ms|not set up in time)/,
    );
    expect(told[1]).toMatch(/could not be asked: localhost:\d+: /);
    expect(told[2]).toBe('Met.');
    const path = `/v1/activity?application_id=${staff.id}&limit=200`;
    const { items } = await caller.call<{ items: Activity[] }>('GET', path);
    expect(new Set(items.map(({ reason }) => reason))).toEqual(new Set([null, 'source_unavailable']));
    expect([inSilence.passed, refusing.passed, (await lastFinding()).passed]).toEqual([false, false, true]);
    expect(vpn.server().output()).toMatch(/is passed over for a while[^]*answers again/);
  });
});
