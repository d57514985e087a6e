// Servers that are slow, mute or gone: logins end in time with a reason, the next server takes over, and others notice nothing.
import {
  hasSlapd,
  type SlapdPeer,
  slapdAccount,
  slapdBase,
  slapdPassword,
  startSlapd,
} from '@countersign/testkit/peers/slapd.ts';
import { startTcpRelay, type TcpRelay } from '@countersign/testkit/peers/tcp-relay.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { directorySettings, never, openDirectory, secret, told } from '../directory-connector.ts';

/** No login may take longer, whatever happens: three times what connecting and an answer may take. */
const longest = 15_500;

describe.skipIf(!hasSlapd())('an OpenLDAP that fails', () => {
  let slapd: SlapdPeer;
  let relay: TcpRelay;
  const { directory, changes, heard } = openDirectory();
  beforeAll(async () => {
    slapd = await startSlapd();
    relay = await startTcpRelay(slapd.tlsPort);
  });
  afterAll(async () => {
    await directory.close();
    await relay?.stop();
    await slapd?.stop();
  });

  let sources = 0;
  const source = (ports: readonly number[]) => {
    sources += 1;
    return directorySettings(slapdAccount.password, {
      id: `src_${sources}`,
      kind: 'ldap',
      name: 'example.test',
      hosts: ports.map((port) => ({ host: 'localhost', port })),
      transport: 'ldaps',
      ca: slapd.tls.authority,
      bind_name: slapdAccount.dn,
      base_dn: `ou=people,${slapdBase}`,
      timeouts: { connect_ms: 3000, answer_ms: 2000 },
    });
  };
  const timed = async (settings: ReturnType<typeof source>, signal = never) => {
    const since = performance.now();
    const answer = told(await directory.verify(settings, 'alice', secret(slapdPassword), signal));
    return { answer, ms: performance.now() - since };
  };

  test('a slow server is waited for, a too slow one is not', async () => {
    relay.delay(100);
    const settings = source([relay.port]);
    const slow = await timed(settings);
    expect(slow.answer).toBe('found alice []');
    expect(slow.ms).toBeGreaterThan(300);
    relay.delay(10_000);
    const tooSlow = await timed(settings);
    console.log(`  ${tooSlow.answer} (${tooSlow.ms.toFixed(0)} ms)`);
    expect(tooSlow.answer).toMatch(/^unavailable .*no answer within 2000 ms/);
    expect(tooSlow.ms).toBeLessThan(longest);
    relay.delay(0);
  });

  test('a mute server takes nobody else with it, and is passed over after two who waited', async () => {
    const mute = source([relay.port]);
    const other = source([slapd.tlsPort]);
    expect((await timed(mute)).answer).toBe('found alice []');
    await timed(other);
    const quick: number[] = [];
    for (let n = 0; n < 50; n += 1) quick.push((await timed(other)).ms);
    relay.mute(true);
    const before = relay.connections();
    const stuck = Promise.all(Array.from({ length: 300 }, () => timed(mute)));
    const meanwhile: number[] = [];
    for (let n = 0; n < 50; n += 1) {
      const { answer, ms } = await timed(other);
      expect(answer).toBe('found alice []');
      meanwhile.push(ms);
    }
    const answers = await stuck;
    const kinds = new Map<string, number>();
    for (const { answer } of answers) {
      const kind = /passed over|too many wait|became free|no answer|not set up/.exec(answer)?.[0] ?? answer;
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    }
    const worst = (times: readonly number[]): string => Math.max(...times).toFixed(0);
    console.log(`  300 logins at a mute server: ${[...kinds].map(([kind, n]) => `${n} ${kind}`).join(', ')}`);
    console.log(
      `  slowest of them ${worst(answers.map(({ ms }) => ms))} ms, ${relay.connections() - before} connections`,
    );
    console.log(`  slowest of 50 others: before ${worst(quick)} ms, meanwhile ${worst(meanwhile)} ms`);
    expect(answers.every(({ answer }) => answer.startsWith('unavailable'))).toBe(true);
    expect(Math.max(...answers.map(({ ms }) => ms))).toBeLessThan(longest);
    expect(relay.connections() - before).toBeLessThanOrEqual(20);
    const passedOver = await timed(mute);
    expect(passedOver.answer).toMatch(/passed over/);
    expect(passedOver.ms).toBeLessThan(1000);
    relay.mute(false);
    await expect.poll(async () => (await timed(mute)).answer, { interval: 500 }).toBe('found alice []');
    expect(changes.join('\n')).toMatch(/open.*\n[^]*half_open.*\n[^]*closed/);
  });

  test('the next server takes over at once, and the first again when it is back', async () => {
    const settings = source([relay.port, slapd.tlsPort]);
    expect((await timed(settings)).answer).toBe('found alice []');
    await relay.cut();
    const over = await timed(settings);
    expect(over.answer).toBe('found alice []');
    expect((await timed(settings)).answer).toBe('found alice []');
    await relay.restore();
    const before = relay.connections();
    await expect
      .poll(
        async () => {
          await timed(settings);
          return relay.connections() > before;
        },
        { interval: 500 },
      )
      .toBe(true);
  });

  test('who goes away is not waited for; a login with nobody there has its reason', async () => {
    relay.mute(true);
    const before = heard.length;
    const gone = await timed(source([relay.port]), AbortSignal.timeout(100));
    expect(gone.answer).toMatch(/^unavailable/);
    expect(heard).toHaveLength(before);
    expect(gone.ms).toBeLessThan(2000);
    relay.mute(false);
    await relay.cut();
    expect((await timed(source([relay.port]))).answer).toMatch(/nothing listens .*ECONNREFUSED/);
    expect(heard.at(-1)).toMatch(/nothing listens .*ECONNREFUSED/);
    await relay.restore();
  });

  test('other settings are used at once, and those of before may finish', async () => {
    relay.delay(150);
    const before = source([relay.port]);
    const old = timed(before);
    const renewed = { ...before, revision: 2, hosts: [{ host: 'localhost', port: slapd.tlsPort }] };
    const quick = await timed(renewed);
    expect(quick.answer).toBe('found alice []');
    expect((await old).answer).toBe('found alice []');
    relay.delay(0);
  });
});
