// The whole door on real sockets and both databases: the journey of an administrator, a third party and a device; and no secret in
// any log line of it.
import { randomUUID, X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { allScopes } from '@countersign/contract/scopes.ts';
import { SoftAuthenticator } from '@countersign/testkit/soft-authenticator/soft-authenticator.ts';
import { createApiClient } from '#core/api-clients/create-api-client.ts';
import type { Db } from '#db/db.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { type Clock, systemClock } from '#platform/clock.ts';
import { httpLimits } from './rate-limits.ts';
import { openDoorAt } from './sessions.test-support.ts';

async function startDoor(db: Db, clock: Clock = systemClock) {
  const opened = await openDoorAt(db, 'http://mfa.example.test', clock);
  const [address] = await opened.door.start([{ host: '127.0.0.1', port: 0 }]);
  return { ...opened, url: `http://127.0.0.1:${address!.port}` };
}

type Door = Awaited<ReturnType<typeof startDoor>>;
type Answer = Record<string, never>;

/** An API client as the command line makes it, and a token for it; every secret on the way is noted. */
async function setUp({ url, base }: Door) {
  const secrets: string[] = [];
  const { id, client_secret: secret } = await createApiClient(base, { kind: 'console' }, 'everything', {
    name: `client ${randomUUID()}`,
    scopes: [...allScopes],
    application_id: null,
    enabled: true,
  });
  const getToken = (headers: Record<string, string>, fields: Record<string, string> = {}) =>
    fetch(`${url}/v1/oauth/token`, {
      method: 'POST',
      headers,
      body: new URLSearchParams({ grant_type: 'client_credentials', ...fields }),
    });
  const basic = { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` };
  const { access_token: token } = (await (await getToken(basic)).json()) as { access_token: string };
  secrets.push(secret, basic.authorization.slice(6), token);
  const call = async (
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; body: Answer }> => {
    const answer = await fetch(url + path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: (text === '' ? {} : JSON.parse(text)) as Answer };
  };
  return { id, secret, basic, secrets, getToken, call };
}

type Admin = Awaited<ReturnType<typeof setUp>>;

/** An application with a user who has a device. */
async function enrol(door: Door, { call, secrets }: Admin) {
  const application = (await call('POST', '/v1/applications', { name: `VPN ${randomUUID()}` })).body;
  const password = `planted password ${randomUUID()}`;
  const user = (
    await call('POST', '/v1/users', { application_id: application.id, username: 'alice', password })
  ).body;
  const { link } = (await call('POST', '/v1/onboarding-links', { user_id: user.id })).body as unknown as {
    link: string;
  };
  const device = await SoftAuthenticator.create({}, { connectUrl: door.url });
  const inspected = await device.inspect(link);
  await device.onboard(link);
  secrets.push(password, link.split('#')[1]!);
  return { application, user, device, inspected };
}

onBothDatabases('the HTTP door', (db) => {
  test('setup, token, application, user, device, auth request, approval, evidence: and no secret in the log', async () => {
    const door = await startDoor(db());
    const admin = await setUp(door);
    const { call, secrets } = admin;
    const { application, user, device, inspected } = await enrol(door, admin);
    expect(inspected.user.username).toBe('alice');
    expect(await device.status()).toMatchObject({ requests_held: false, name: 'Soft authenticator' });

    const events = device.events();
    await events.next();
    const waiting = device.pending({ wait: 20 });
    const asked = await call('POST', '/v1/auth-requests', {
      application: application.access_id,
      username: 'ALICE',
      number_matching: true,
    });
    expect(asked).toMatchObject({
      status: 201,
      body: { status: 'pending', number: expect.stringMatching(/^\d+$/) as string },
    });
    const { id, number } = asked.body as unknown as { id: string; number: string };
    expect((await events.next()).done).toBe(false);
    await events.return(undefined);
    const outcome = call('GET', `/v1/auth-requests/${id}/wait?seconds=20`);
    const [challenge] = await waiting;
    expect(await device.answer(challenge!, { decision: 'approve', number })).toEqual({ status: 'approved' });
    expect((await outcome).body).toMatchObject({ id, status: 'approved' });
    await expect(device.answer(challenge!, { decision: 'deny' })).rejects.toMatchObject({
      code: 'challenge_decided',
    });

    expect((await call('GET', `/v1/activity/${id}`)).body).toMatchObject({
      status: 'approved',
      steps: expect.any(Array) as unknown,
    });
    expect((await call('GET', `/v1/activity/${id}/evidence`)).body).toMatchObject({ request_id: id });
    expect((await call('POST', `/v1/auth-requests/${id}/cancel`)).body).toMatchObject({
      code: 'request_closed',
    });
    expect((await call('GET', `/v1/devices?user_id=${user.id}`)).body.items).toHaveLength(1);
    expect((await call('GET', '/v1/audit-events?event=device.onboarded')).body.items).not.toHaveLength(0);

    const crl = await fetch(`${door.url}/v1/ca/crl`);
    expect(crl.headers.get('content-type')).toBe('application/pkix-crl');
    expect(Buffer.from(await crl.arrayBuffer())[0]).toBe(0x30);
    const ca = new X509Certificate(await (await fetch(`${door.url}/v1/ca/certificate`)).text());
    const [issuer = '', root = ''] = device.state.chain;
    expect(new X509Certificate(device.state.certificate).verify(new X509Certificate(issuer).publicKey)).toBe(
      true,
    );
    expect(new X509Certificate(issuer).verify(ca.publicKey)).toBe(true);
    expect(ca.raw.equals(new X509Certificate(root).raw)).toBe(true);

    await device.remove();
    await expect(device.status()).rejects.toMatchObject({ code: 'proof_invalid' });
    expect((await call('DELETE', `/v1/applications/${application.id}`)).status).toBe(204);

    const logged = door.lines.join('');
    for (const secret of [...secrets, device.connection.lastProof!]) expect(logged).not.toContain(secret);
    expect(logged).toContain('"path":"/v1/onboarding-links"');
    expect(secrets).toHaveLength(5);
    expect(logged).not.toContain('undeclared');
    expect(logged).not.toContain('defect');
  });

  test('the token endpoint: Basic or body, never both, one answer for every wrong client', async () => {
    const door = await startDoor(db());
    const { id, secret, basic, getToken, call } = await setUp(door);
    const inBody = await getToken(
      {},
      { client_id: id, client_secret: secret, scope: 'users audit', resource: 'ignored' },
    );
    expect(await inBody.json()).toMatchObject({
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'users audit',
    });
    expect(inBody.headers.get('cache-control')).toBe('no-store');
    const refused = async (headers: Record<string, string>, fields: Record<string, string> = {}) => {
      const answer = await getToken(headers, fields);
      return [answer.status, ((await answer.json()) as { error: string }).error];
    };
    expect(await refused(basic, { client_secret: secret })).toEqual([400, 'invalid_request']);
    expect(await refused(basic, { scope: 'everything' })).toEqual([400, 'invalid_scope']);
    expect(await refused(basic, { grant_type: 'password' })).toEqual([400, 'unsupported_grant_type']);
    const wrong = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });
    for (const headers of [
      {},
      wrong(`${id}:wrong`),
      wrong('nobody:x'),
      wrong('no colon'),
      { authorization: 'Bearer x' },
    ])
      expect(await refused(headers)).toEqual([401, 'invalid_client']);
    expect((await call('GET', '/v1/users?limit=1')).status).toBe(200);
  });

  test('an API client bound to one application sees nothing else', async () => {
    const door = await startDoor(db());
    const admin = await setUp(door);
    const [one, two] = [await enrol(door, admin), await enrol(door, admin)];
    const bound = (
      await admin.call('POST', '/v1/api-clients', {
        name: `bound ${randomUUID()}`,
        scopes: ['users', 'applications', 'auth_requests'],
        application_id: one.application.id,
      })
    ).body as unknown as { id: string; client_secret: string };
    const token = (await (
      await admin.getToken({}, { client_id: bound.id, client_secret: bound.client_secret })
    ).json()) as { access_token: string };
    const get = async (path: string) =>
      (await fetch(door.url + path, { headers: { authorization: `Bearer ${token.access_token}` } })).status;
    expect(await get(`/v1/users/${one.user.id}`)).toBe(200);
    expect(await get(`/v1/users/${two.user.id}`)).toBe(404);
    expect(await get(`/v1/applications/${two.application.id}`)).toBe(404);
    expect(await get('/v1/devices')).toBe(403);
  });

  test('of many calls by one device only the admitted ones are written down', async () => {
    // Time stands still, however long the calls take: nothing is given back meanwhile.
    const now = systemClock.now();
    const door = await startDoor(db(), { now: () => now, monotonic: () => 0 });
    const { device } = await enrol(door, await setUp(door));
    const rows = async () =>
      (
        await db()
          .read.selectFrom('proofs')
          .select('jti')
          .where('key_thumbprint', '=', device.thumbprint)
          .execute()
      ).length;
    const before = await rows();
    const calls = await Promise.allSettled(Array.from({ length: 200 }, () => device.status()));
    const admitted = calls.filter(({ status }) => status === 'fulfilled').length;
    expect(admitted).toBe(httpLimits.device.burst);
    for (const call of calls)
      if (call.status === 'rejected') expect(call.reason).toMatchObject({ code: 'too_many_requests' });
    expect(await rows()).toBe(before + admitted);
  });

  test('a device may wait in four places at once', async () => {
    const door = await startDoor(db());
    const { device } = await enrol(door, await setUp(door));
    const streams = Array.from({ length: 4 }, () => device.events());
    for (const stream of streams) expect((await stream.next()).done).toBe(false);
    const fifth = device.pending({ wait: 5 });
    await expect(fifth).rejects.toMatchObject({ code: 'too_many_requests' });
    expect(await device.pending()).toEqual([]);
    await streams[0]!.return(undefined);
    await expect.poll(() => device.pending({ wait: 1 }).catch(() => 'refused')).toEqual([]);
    await Promise.all(streams.map((stream) => stream.return(undefined)));
  });
});
