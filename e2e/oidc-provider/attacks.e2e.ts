// What somebody could try with the answers of a provider, and what a provider could do wrong: each refused, and told to the administrator.
import type { Application, AuditEvent } from '@countersign/contract/models.ts';
import type { StepInput } from '@countersign/contract/onboarding-device-models.ts';
import type { OpenidProvider } from '@countersign/contract/openid-models.ts';
import type { OidcFault, OidcProvider } from '@countersign/testkit/peers/oidc-provider.ts';
import { ServerProblem } from '@countersign/testkit/soft-authenticator/server-problem.ts';
import { SoftAuthenticator } from '@countersign/testkit/soft-authenticator/soft-authenticator.ts';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiCaller, apiCaller } from '../api-caller.ts';
import { deployVpn, type Vpn } from '../vpn.ts';
import {
  addProvider,
  addressIn,
  answerOf,
  clientSecret,
  requiringLogin,
  stepsOf,
  vpnOptions,
} from './providing.ts';

let vpn: Vpn;
let caller: ApiCaller;
let application: Application;
let provider: OpenidProvider;
let peer: OidcProvider;
let link: string;
const kind = 'openid_connect' as const;
const refused: unknown = expect.objectContaining({ code: 'step_not_accepted' });

beforeAll(async () => {
  vpn = await deployVpn(vpnOptions);
  caller = await apiCaller(vpn.installation);
  application = vpn.application;
  ({ provider, peer } = await addProvider(caller, application));
  link = await requiringLogin(caller, application);
});
afterAll(async () => {
  await peer?.stop();
  await vpn?.stop();
});

/** All phones of this test have one address, which may call only so often. */
const patiently = async <T>(call: () => Promise<T>): Promise<T> => {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof ServerProblem) || error.code !== 'too_many_requests') throw error;
      await setTimeout(300);
    }
  }
};
const begun = async () => {
  const enrolment = (await SoftAuthenticator.create()).enrolment(link);
  await patiently(() => enrolment.begin());
  const give = (input: StepInput) => patiently(() => enrolment.give(input));
  const url = addressIn(await give({ kind }));
  return {
    phone: { give, look: () => enrolment.look(), bind: () => enrolment.complete(), id: enrolment.processId },
    url,
  };
};
const lastStep = async (id: string) => (await stepsOf(caller, id)).at(-1);
const audited = async () => {
  const { items } = await caller.call<{ items: readonly AuditEvent[] }>(
    'GET',
    '/v1/audit-events?event=openid_login.refused&limit=100',
  );
  return items.map(({ data }) => data['reason']);
};

test('an honest login: created by what the provider says, bound; with the keys that it has rotated to, too', async () => {
  const { phone, url } = await begun();
  expect(new URL(url).searchParams.get('code_challenge_method')).toBe('S256');
  const met = await phone.give({ kind, answer: await answerOf(url) });
  expect(met).toMatchObject({ may_complete: true, user: { username: 'alice', full_name: 'Alice Example' } });
  await phone.bind();
  await peer.rotateKeys();
  const again = await begun();
  const refreshed = await again.phone.give({ kind, answer: await answerOf(again.url, 'bob') });
  expect(refreshed.user).toMatchObject({ username: 'bob' });
});

test('a provider that publishes nothing about itself: the endpoints are written down', async () => {
  const path = `/v1/openid-providers/${provider.id}`;
  const { issuer } = provider;
  const written = {
    authorization_endpoint: `${issuer}/auth`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    userinfo_endpoint: `${issuer}/me`,
  };
  await caller.call('PATCH', path, { ...written, client_secret: clientSecret });
  const { phone, url } = await begun();
  expect(url.startsWith(`${written.authorization_endpoint}?`)).toBe(true);
  const met = await phone.give({ kind, answer: await answerOf(url, 'bob') });
  expect(met.user).toMatchObject({ username: 'bob' });
  const none = Object.fromEntries(Object.keys(written).map((name) => [name, '']));
  await caller.call('PATCH', path, { ...none, client_secret: clientSecret });
});

const lies = [
  ['issuer', 'The ID token is of another issuer.', 'issuer_wrong'],
  ['audience', 'The ID token is for somebody else.', 'audience_wrong'],
  ['party', 'The ID token is for somebody else.', 'audience_wrong'],
  ['nonce', 'The ID token is of another login.', 'nonce_wrong'],
  ['expired', 'The ID token is expired, or not valid yet', 'token_expired'],
  ['signature', 'The signature of the ID token is wrong.', 'signature_wrong'],
  ['unknown key', 'signed with a key that the provider does not publish', 'key_unknown'],
  ['alg none', 'signed in a way that is not allowed', 'algorithm_refused'],
  ['alg HS256', 'signed in a way that is not allowed', 'algorithm_refused'],
] as const satisfies readonly (readonly [OidcFault, string, string])[];

test.each(lies)('a token with a wrong %s lets nobody in', async (fault, sentence, reason) => {
  const { phone, url } = await begun();
  await peer.suffer(fault);
  await expect(phone.give({ kind, answer: await answerOf(url, 'mallory') })).rejects.toEqual(refused);
  await peer.suffer('none');
  expect(await lastStep(phone.id)).toContain(sentence);
  expect(await audited()).toContain(reason);
  const { items } = await caller.call<{ items: readonly object[] }>(
    'GET',
    `/v1/users?application_id=${application.id}&search=mallory`,
  );
  expect(items).toEqual([]);
});

test('an answer is good once, for the device that began, and only the newest login counts', async () => {
  const one = await begun();
  const other = await begun();
  const answer = await answerOf(one.url, 'carol');
  // Whoever is made to log in for somebody else, or sends an answer on, finishes nothing.
  await expect(other.phone.give({ kind, answer })).rejects.toEqual(refused);
  expect(await lastStep(other.phone.id)).toContain('that another device or person began');
  // The code of one login for the state of another: PKCE and nonce keep them apart.
  const { state } = await answerOf(other.url, 'dave');
  await expect(other.phone.give({ kind, answer: { ...answer, state } })).rejects.toEqual(refused);
  expect(await lastStep(other.phone.id)).toContain('did not accept the code');
  expect((await one.phone.look()).next).toMatchObject({ authorization_url: one.url });
  const renewed = addressIn(await one.phone.give({ kind }));
  await expect(one.phone.give({ kind, answer })).rejects.toEqual(refused);
  expect(await lastStep(one.phone.id)).toContain('was given before, or another login was begun since');
  const fresh = await answerOf(renewed, 'carol');
  expect((await one.phone.give({ kind, answer: fresh })).user).toMatchObject({ username: 'carol' });
  const made: unknown = { ...fresh, state: `app.x.${'s'.repeat(43)}` };
  const third = await begun();
  await expect(third.phone.give({ kind, answer: made as typeof fresh })).rejects.toEqual(refused);
  expect(await lastStep(third.phone.id)).toContain('belongs to no login that was begun here');
  expect(await audited()).toContain('answer_of_another');
});

test('mix-up: an answer that says to be of another provider, or not of whom, is refused (RFC 9207)', async () => {
  for (const iss of ['https://somebody.else.example', undefined]) {
    const { phone, url } = await begun();
    const { iss: _, ...rest } = await answerOf(url);
    const answer = iss === undefined ? rest : { ...rest, iss };
    await expect(phone.give({ kind, answer })).rejects.toEqual(refused);
    expect(await lastStep(phone.id)).toContain('comes from another provider than the person was sent to');
  }
});

test('the person does not want to: calm, and the next login works', async () => {
  const { phone, url } = await begun();
  await expect(phone.give({ kind, answer: await answerOf(url, 'nobody') })).rejects.toEqual(refused);
  expect(await lastStep(phone.id)).toContain('access_denied');
  const again = addressIn(await phone.give({ kind }));
  expect((await phone.give({ kind, answer: await answerOf(again, 'erin') })).user).not.toBeNull();
});

test('a provider that is slow, answers without end, or leads elsewhere is given up', async () => {
  for (const [fault, sentence] of [
    ['slow', 'did not answer in time'],
    ['huge', 'more than 262144 bytes'],
    ['redirect', 'HTTP 307'],
  ] as const) {
    const { phone, url } = await begun();
    const answer = await answerOf(url, 'frank');
    await peer.suffer(fault);
    const before = performance.now();
    await expect(phone.give({ kind, answer })).rejects.toEqual(refused);
    expect(performance.now() - before).toBeLessThan(10_000);
    await peer.suffer('none');
    expect(await lastStep(phone.id)).toContain(sentence);
  }
});

test('a provider that is changed, or gone, ends what is under way; no secret is told', async () => {
  const { phone, url } = await begun();
  const answer = await answerOf(url, 'grace');
  await caller.call('PATCH', `/v1/openid-providers/${provider.id}`, { name: 'Renamed' });
  await expect(phone.give({ kind, answer })).rejects.toEqual(refused);
  expect(await lastStep(phone.id)).toContain('changed, disabled or deleted meanwhile');
  const late = await begun();
  const lateAnswer = await answerOf(late.url, 'grace');
  await peer.stop();
  await expect(late.phone.give({ kind, answer: lateAnswer })).rejects.toEqual(refused);
  expect(await lastStep(late.phone.id)).toMatch(/could not be asked: nobody listens at/);
  expect(vpn.server().output()).not.toContain(clientSecret);
  expect(vpn.server().output()).not.toContain(answer.code);
});
