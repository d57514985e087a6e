// OpenLDAP behind the real server: logins by RADIUS whose password the directory checks, names that try to be filters or distinguished
// names, and who is known told neither by text nor by time, however slow the directory is.
import type { UserSourceSyncWithChanges } from '@countersign/contract/user-source-models.ts';
import { Code } from '@countersign/radius';
import { hasSlapd, slapdBase, slapdPassword } from '@countersign/testkit/peers/slapd.ts';
import { startTcpRelay, type TcpRelay } from '@countersign/testkit/peers/tcp-relay.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ApiCaller } from '../api-caller.ts';
import { median, shareSlower } from '../latencies.ts';
import { newestLogin, radiusLogin } from '../radius-login.ts';
import { beginWith, giveOnce, reasonsOf, type SourceApplication, syncAll } from '../source-onboarding.ts';
import type { Gateway, Vpn } from '../vpn.ts';
import { deployLdapStaff, type LdapStaff } from './ldap-staff.ts';

const hostileGroup = 'Dept (R&D), \\ "x" #1 *';

describe.skipIf(!hasSlapd())('OpenLDAP behind the server', () => {
  let deployed: LdapStaff | undefined;
  let relay: TcpRelay;
  let vpn: Vpn;
  let caller: ApiCaller;
  let staff: SourceApplication;
  beforeAll(async () => {
    deployed = await deployLdapStaff({
      crowd: 60,
      application: ['--second-factor', 'none'],
      source: {
        groups: [{ group: hostileGroup, team: 'Research' }],
        connect_ms: 2000,
        answer_ms: 2000,
      },
      async reachedBy({ tlsPort }) {
        relay = await startTcpRelay(tlsPort);
        return relay.port;
      },
    });
    ({ vpn, caller, staff } = deployed);
  });
  afterAll(async () => {
    await deployed?.stop();
    await relay?.stop();
  });

  const sync = (input: object) =>
    caller.call<UserSourceSyncWithChanges>('POST', `/v1/user-sources/${staff.source.id}/syncs`, input);

  describe('logins by RADIUS', () => {
    let gateway: Gateway;
    beforeAll(async () => {
      gateway = await vpn.addGateway({ application: staff.id });
      for (const username of ['alice', 'bob', 'josé', 'mustchange']) await sync({ username });
    });

    /** How it ended, and what the administrator reads. */
    const login = async (username: string, password: string) => {
      const { code, attributes } = await radiusLogin(gateway, username, password);
      const { reason, steps } = await newestLogin(caller, staff);
      return { code, attributes, reason, step: steps.at(-1)?.text };
    };

    test('right, wrong, unknown, refused by the directory, disabled here', async () => {
      expect(await login('alice', slapdPassword)).toMatchObject({ code: Code.AccessAccept, reason: null });
      expect(await login('josé', 'Contraseña-ñ9!')).toMatchObject({ code: Code.AccessAccept });
      const refused = [
        await login('alice', 'certainly not'),
        await login('carol', slapdPassword),
        await login('*', slapdPassword),
        await login('mustchange', slapdPassword),
      ];
      expect(refused.map(({ reason }) => reason)).toEqual([
        'wrong_password',
        'unknown_user',
        'unknown_user',
        'source_refused',
      ]);
      expect(refused[0]?.step).toBe(
        'User source “example.test” refused: The directory says that the password is wrong.',
      );
      expect(refused[3]?.step).toContain('must change the password');
      const { items } = await caller.call<{ items: { id: string; username: string }[] }>(
        'GET',
        `/v1/users?application_id=${staff.id}&limit=100`,
      );
      const bob = items.find(({ username }) => username === 'bob');
      await caller.call('PATCH', `/v1/users/${bob?.id}`, { enabled: false });
      refused.push(await login('bob', slapdPassword));
      expect(refused.at(-1)?.reason).toBe('user_disabled');
      for (const { code, attributes } of refused) expect([code, attributes]).toEqual([Code.AccessReject, 1]);
    });

    test('a directory that is away lets nobody in, and is asked again when it is back', async () => {
      await relay.cut();
      const away = await login('alice', slapdPassword);
      console.log(`  ${away.step}`);
      expect(away).toMatchObject({ code: Code.AccessReject, reason: 'source_unavailable' });
      expect(away.step).toMatch(/could not be asked: localhost:\d+: .*ECONNREFUSED/);
      await relay.restore();
      await expect
        .poll(() => login('alice', slapdPassword), { interval: 500 })
        .toMatchObject({ code: Code.AccessAccept });
    });
  });

  test('a name that tries to be a filter or a distinguished name is a name, and is shown as one', async () => {
    const hostile = [
      '*',
      'a*',
      '*)(uid=*',
      'alice)(objectClass=*',
      'x)(|(uid=*',
      '\\00',
      'alice\\00',
      'alice\\2a',
      'alice\u0000',
      `uid=alice,ou=people,${slapdBase}`,
      `alice,ou=people,${slapdBase}`,
      ',ou=people',
      hostileGroup,
      'alice\u202e',
    ];
    const given = await Promise.all(hostile.map((name) => giveOnce(staff.link, name, slapdPassword)));
    expect(new Set(given.map(({ told }) => told)).size).toBe(1);
    for (const [at, { accepted, processId }] of given.entries()) {
      const reasons = await reasonsOf(caller, processId);
      expect([hostile[at], accepted, reasons.at(-1)]).toEqual([
        hostile[at],
        false,
        'User source “example.test” does not know the user.',
      ]);
      // As it was typed, but for what cannot be shown.
      const shown = (hostile[at] ?? '').replace(/[\p{Cc}\p{Cf}]/gu, '');
      expect(reasons[0]?.replace(/[\uFFFD\u2400]/g, '')).toBe(`No user “${shown}” in the application.`);
    }
    // The odd name is somebody's, and so is the group with the hostile name.
    expect((await giveOnce(staff.link, 'o(dd)*name', slapdPassword)).accepted).toBe(true);
    const { user } = await caller.call<{ user: { teams: string[] } }>(
      'POST',
      `/v1/user-sources/${staff.source.id}/look-up`,
      { username: 'alice' },
    );
    expect(user.teams).toEqual(['Research']);
    const stranger = { mandatory_group: '*)(cn=*' };
    await caller.call('PATCH', `/v1/user-sources/${staff.source.id}`, stranger);
    const kept = await giveOnce(staff.link, 'carol', slapdPassword);
    expect((await reasonsOf(caller, kept.processId)).at(-1)).toContain('there is no group *)(cn=*');
    await caller.call('PATCH', `/v1/user-sources/${staff.source.id}`, { mandatory_group: null });
  });

  describe('nobody learns who is known', () => {
    const rounds = 8;
    let turn = 0;
    /** Each round in another order; the first, which opens connections, is not delayed and does not count. */
    const measure = async (delayMs: number, kinds: Readonly<Record<string, () => Promise<number>>>) => {
      const times = new Map<string, number[]>(Object.keys(kinds).map((kind) => [kind, []]));
      const all = Object.entries(kinds);
      for (let round = 0; round <= rounds; round += 1) {
        const order = [...all.slice(round % all.length), ...all.slice(0, round % all.length)];
        const took = await Promise.all(order.map(async ([kind, ask]) => [kind, await ask()] as const));
        if (round > 0) for (const [kind, ms] of took) times.get(kind)?.push(ms);
        relay.delay(delayMs);
      }
      relay.delay(0);
      return times;
    };
    /** Two kinds are told apart when nearly all of one are slower, and by more than a phone could not tell from the way to it. */
    const expectAlike = (times: ReadonlyMap<string, readonly number[]>): void => {
      const medians = [...times].map(([kind, each]) => `${kind} ${median(each).toFixed(0)}`);
      console.log(`  medians in ms: ${medians.join(', ')}`);
      for (const [kind, first] of times)
        for (const [other, second] of times) {
          const isApart = shareSlower(first, second) > 0.9 && median(first) - median(second) > 25;
          expect([kind, other, isApart]).toEqual([kind, other, false]);
        }
    };
    /** A name that nobody has asked for before. */
    const fresh = (): number => (turn += 1);
    const own = { username: 'keeper', password: 'a password of its own' };
    beforeAll(async () => {
      await caller.call('POST', '/v1/users', { application_id: staff.id, ...own });
    });

    test.each([
      ['a quick directory', 0],
      ['a directory that takes 300 ms for each answer', 300],
    ])('on a phone: %s', async (_, delayMs) => {
      const answers = new Set<string>();
      const give = (name: () => string, password: string) => async () => {
        const phone = await beginWith(staff.link);
        const { told, ms } = await phone.give(name(), password);
        answers.add(told);
        return ms;
      };
      const times = await measure(delayMs, {
        unknown: give(() => `stranger${fresh()}`, 'certainly not'),
        'wrong password': give(() => `u${fresh()}`, 'certainly not'),
        'a state of the account': give(() => 'mustchange', slapdPassword),
        'wrong password here': give(() => own.username, 'certainly not'),
      });
      expect(answers.size).toBe(1);
      expectAlike(times);
    });

    test('at a gateway, with a directory that takes 300 ms for each answer', async () => {
      const gateway = await vpn.addGateway({ application: staff.id });
      await syncAll(caller, staff.source);
      const log = (name: () => string) => async () => {
        const { code, attributes, ms } = await radiusLogin(gateway, name(), 'certainly not');
        expect([code, attributes]).toEqual([Code.AccessReject, 1]);
        return ms;
      };
      const times = await measure(300, {
        unknown: log(() => `stranger${fresh()}`),
        'wrong password': log(() => `u${fresh()}`),
        'wrong password here': log(() => own.username),
      });
      expectAlike(times);
    });
  });
});
