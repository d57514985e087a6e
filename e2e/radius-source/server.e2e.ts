// A RADIUS server as user source of a real server, and what its credential cache does when the RADIUS server is away.
import type { OnboardingProcessWithSteps, Requirements } from '@countersign/contract/onboarding-models.ts';
import type { User } from '@countersign/contract/models.ts';
import type { UserSource } from '@countersign/contract/user-source-models.ts';
import { homePasswords } from '@countersign/testkit/peers/freeradius-configuration.ts';
import { type FreeradiusPeer, startFreeradius } from '@countersign/testkit/peers/freeradius.ts';
import { freeUdpPort } from '@countersign/testkit/peers/ports.ts';
import { SoftAuthenticator } from '@countersign/testkit/soft-authenticator/soft-authenticator.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiCaller, apiCaller } from '../api-caller.ts';
import { query } from '../query.ts';
import { deployVpn, type Vpn } from '../vpn.ts';

const secret = 'home-server-shared-secret';
const signed = { secret, signsReplies: true };

let vpn: Vpn;
let caller: ApiCaller;
let first: FreeradiusPeer;
let second: FreeradiusPeer;
beforeAll(async () => {
  [vpn, first, second] = await Promise.all([
    deployVpn(),
    startFreeradius(signed),
    startFreeradius({ ...signed, everybody: 'of everybody' }),
  ]);
  caller = await apiCaller(vpn.installation);
});
afterAll(async () => {
  await Promise.all([vpn?.stop(), first?.stop(), second?.stop()]);
});

/** An application whose people bind phones by name and password, and its source. */
async function protectedBy(name: string, hosts: readonly FreeradiusPeer[], more: object = {}) {
  const { id } = await vpn.addApplication(name, [
    '--device-mode',
    'multiple',
    '--device-limit',
    '20',
    '--acknowledged',
    'more_devices',
  ]);
  const path = `/v1/applications/${id}/requirements`;
  const { revision } = await caller.call<Requirements>('GET', path);
  const { enrolment_link: link } = await caller.call<Requirements>('PUT', path, {
    revision,
    requirements: [{ kind: 'simple_credentials' }],
    acknowledged: ['password_binds_device'],
  });
  const source = await caller.call<UserSource>('POST', `/v1/applications/${id}/user-sources`, {
    ...{ kind: 'radius', name, hosts: hosts.map(({ port }) => `127.0.0.1:${port}`) },
    ...{ shared_secret: secret, answer_ms: 300, tries: 2, ...more },
  });
  return { id, link, source };
}

/** Gives name and password on a new phone. @returns whether they were accepted, and the steps that tell why */
async function give(link: string, username: string, password: string) {
  const enrolment = (await SoftAuthenticator.create({ name: `phone of ${username}` })).enrolment(link);
  await enrolment.begin();
  const accepted = await enrolment.give({ kind: 'simple_credentials', username, password }).then(
    () => true,
    ({ code }: { code?: string }) => {
      expect(code).toBe('step_not_accepted');
      return false;
    },
  );
  const path = `/v1/onboarding-processes/${enrolment.processId}`;
  const { steps } = await caller.call<OnboardingProcessWithSteps>('GET', path);
  return { accepted, codes: steps.map(({ code }) => code), texts: steps.map(({ text }) => text).join('\n') };
}

test('right, wrong, asked for more; only checks passwords; the second server takes over', async () => {
  const { id, link, source } = await protectedBy('RADIUS', [first, second]);
  const wrong = await give(link, 'nobody', 'certainly not');
  expect(wrong).toMatchObject({ accepted: false });
  expect(wrong.texts).toContain('The RADIUS server rejected the login');
  const more = await give(link, 'challenge', homePasswords.challenge);
  expect(more.accepted).toBe(false);
  expect(more.texts).toContain('asked for more than the password');
  expect(await give(link, 'alice', homePasswords.alice)).toMatchObject({ accepted: true });
  const { items } = await vpn.installation.json<{ items: User[] }>(['users', 'list', '--application', id]);
  expect(items).toMatchObject([{ username: 'alice', full_name: '', phone: '', teams: [] }]);

  for (const command of [
    ['look-up', source.id, 'alice'],
    ['sync', source.id],
  ]) {
    const { code, stderr } = await vpn.installation.countersign(['user-sources', ...command]);
    expect([code, stderr]).toEqual([1, expect.stringContaining('only checks passwords')]);
  }
  const tested = await vpn.installation.json<{ passed: boolean; findings: { step: string }[] }>([
    ...['user-sources', 'test', source.id],
  ]);
  expect(tested.findings.map(({ step }) => step)).toEqual(['answered', 'answered']);
  expect(tested.passed).toBe(true);

  first.suspend();
  expect(await give(link, 'josé', homePasswords.josé)).toMatchObject({ accepted: true });
  first.resume();
});

test('another shared secret, or replies that are not signed: nobody is let in, and the test says why', async () => {
  const unsigned = await startFreeradius({ secret });
  try {
    const { link, source } = await protectedBy('Unsigned', [unsigned]);
    const given = await give(link, 'bob', homePasswords.bob);
    expect(given.accepted).toBe(false);
    expect(given.texts).toContain('has no Message-Authenticator');
    const change = (shared_secret: string) =>
      caller.call('PATCH', `/v1/user-sources/${source.id}`, {
        ...{ hosts: [`127.0.0.1:${first.port}`], shared_secret },
      });
    await change('certainly another secret');
    expect((await give(link, 'bob', homePasswords.bob)).codes).toContain('source_unavailable');
    const { code, stdout } = await vpn.installation.countersign(['user-sources', 'test', source.id]);
    expect([code, stdout]).toEqual([1, expect.stringContaining('FAILED')]);
    await change(secret);
    expect(await give(link, 'bob', homePasswords.bob)).toMatchObject({ accepted: true });
  } finally {
    await unsigned.stop();
  }
});

test('an outage: what the cache holds lets in, and no longer than until the password was changed', async () => {
  const port = await freeUdpPort();
  const start = (everybody: string) => startFreeradius({ ...signed, port, everybody });
  let radius = await start('the old one');
  const { link } = await protectedBy('Outage', [radius], { cache_hours: 2 });
  expect(await give(link, 'carol', 'the old one')).toMatchObject({ accepted: true });
  const kept = await query<{ password_hash: string }>(
    { databaseUrl: undefined, dataDirectory: vpn.installation.dataDirectory },
    'select password_hash from user_source_credentials',
  );
  expect(kept.map(({ password_hash: hash }) => hash.split('$')[1])).toEqual(['argon2id']);

  await radius.stop();
  const cached = await give(link, 'carol', 'the old one');
  expect(cached.accepted).toBe(true);
  expect(cached.texts).toMatch(
    /could not be asked \(127\.0\.0\.1:\d+ .*\); the password was accepted from the credential cache, kept at 20/,
  );
  expect(await give(link, 'carol', 'wrong')).toMatchObject({ accepted: false });
  expect((await give(link, 'dave', 'the old one')).texts).toContain('no password of the person is kept');

  radius = await start('the new one');
  expect(await give(link, 'carol', 'the old one')).toMatchObject({ accepted: false });
  await radius.stop();
  expect((await give(link, 'carol', 'the old one')).codes).toContain('source_not_cached');
  const { items } = await caller.call<{ items: { event: string }[] }>('GET', '/v1/audit-events?limit=200');
  const events = items.map(({ event }) => event).filter((event) => event.includes('cache_'));
  expect(events.sort()).toEqual(['user_source.cache_accepted', 'user_source.cache_cleared']);
  expect(await vpn.metric('countersign_credential_cache_total', { result: 'accepted' })).toBe(1);
});
