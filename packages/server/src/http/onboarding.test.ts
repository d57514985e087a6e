// Onboarding by requirements over HTTP: the soft authenticator on one side, an owner in the console on the other, the stream between them.
import { SoftAuthenticator } from '@countersign/testkit/soft-authenticator/soft-authenticator.ts';
import { ServerProblem } from '@countersign/testkit/soft-authenticator/server-problem.ts';
import { pictureOf } from '@countersign/contract/picture.ts';
import { expect, test } from 'vitest';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { becomeOwner, openTestDoor } from './sessions.test-support.ts';

const password = 'correct horse battery';
const credentials = { kind: 'simple_credentials', username: 'alice', password } as const;
const problem = (code: string): unknown => expect.objectContaining({ code });

onBothDatabases('onboarding over HTTP', (db) => {
  const open = async () => {
    const door = await openTestDoor(db());
    const owner = await becomeOwner(door);
    const [address] = await door.door.start([{ host: '127.0.0.1', port: 0 }]);
    const connectUrl = `http://127.0.0.1:${address!.port}`;
    const name = `VPN ${crypto.randomUUID()}`;
    const application = (await owner.call('POST', '/v1/applications', { name })).body as { id: string };
    await owner.call('POST', '/v1/users', { application_id: application.id, username: 'alice', password });
    const path = `/v1/applications/${application.id}/requirements`;
    const requirements = [{ kind: 'simple_credentials' }, { kind: 'manual' }];
    const put = await owner.call('PUT', path, { revision: 0, requirements });
    expect(put.status).toBe(200);
    const { enrolment_link: link } = put.body as { enrolment_link: string };
    const now = () => door.clock.now();
    const phone = await SoftAuthenticator.create({ name: 'New phone' }, { connectUrl, now });
    return { ...door, owner, application, link, phone, path, connectUrl };
  };

  test('a try at a closed enrolment is refused and audited', async () => {
    const { owner, application, link, phone } = await open();
    await owner.call('PATCH', `/v1/applications/${application.id}`, { enrolment: 'closed' });
    await expect(phone.enrolment(link).offer()).rejects.toEqual(problem('enrolment_closed'));
    const trail = (await owner.call('GET', '/v1/audit-events?limit=1')).body as { items: object[] };
    expect(trail.items).toMatchObject([{ event: 'onboarding.closed', subject_id: application.id }]);
  });

  test('two devices of a user are each shown and removed by id, in the one version that there is', async () => {
    const { owner, application, connectUrl, clock } = await open();
    const several = { device_mode: 'multiple', device_limit: 2, acknowledged: ['more_devices'] };
    await owner.call('PATCH', `/v1/applications/${application.id}`, several);
    const requirements = [{ kind: 'activation_link' }];
    await owner.call('PUT', `/v1/applications/${application.id}/requirements`, { revision: 1, requirements });
    const users = await owner.call('GET', `/v1/users?application_id=${application.id}`);
    const [user] = (users.body as unknown as { items: { id: string }[] }).items;
    const devices: string[] = [];
    for (const name of ['First', 'Second']) {
      const made = await owner.call('POST', '/v1/onboarding-links', { user_id: user!.id });
      const phone = await SoftAuthenticator.create({ name }, { connectUrl, now: () => clock.now() });
      devices.push((await phone.onboard((made.body as { link: string }).link)).device_id);
    }
    for (const id of devices) {
      for (const version of ['v2', 'v3', 'v4'])
        expect(await owner.call('GET', `/${version}/devices/${id}`)).toMatchObject({
          ...{ status: 404, body: { code: 'route_unknown' } },
        });
      expect(await owner.call('GET', `/v1/devices/${id}`)).toMatchObject({ status: 200, body: { id } });
      expect((await owner.call('DELETE', `/v1/devices/${id}`)).status).toBe(204);
      expect((await owner.call('GET', `/v1/devices/${id}`)).body).not.toMatchObject({ revoked_at: null });
    }
  });

  test('credentials, then in person: both see the same picture, and the stream tells the console', async () => {
    const { owner, application, link, phone, connectUrl } = await open();
    const leave = new AbortController();
    const stream = await fetch(`${connectUrl}/v1/activity/stream?application_id=${application.id}`, {
      headers: { cookie: owner.cookie() ?? '', 'sec-fetch-site': 'same-origin' },
      signal: leave.signal,
    });
    const enrolment = phone.enrolment(link);
    expect((await enrolment.offer()).requirements.map(({ kind }) => kind)).toEqual([
      'simple_credentials',
      'manual',
    ]);
    await enrolment.begin();
    await expect(enrolment.give({ kind: 'manual' })).rejects.toEqual(problem('out_of_order'));
    await expect(enrolment.give({ ...credentials, password: 'wrong' })).rejects.toEqual(
      problem('step_not_accepted'),
    );
    expect((await enrolment.give(credentials)).user).toMatchObject({ username: 'alice' });
    const waiting = await enrolment.give({ kind: 'manual' });
    let text = '';
    for await (const piece of stream.body!.pipeThrough(new TextDecoderStream())) {
      text += piece;
      if (text.includes('event: onboarding')) break;
    }
    leave.abort();
    expect(text).toContain(enrolment.processId);
    const at = `/v1/onboarding-processes/${enrolment.processId}`;
    const shown = (await owner.call('GET', at)).body as unknown as {
      picture: string;
      candidate: { id: string };
    };
    expect(enrolment.picture(waiting)).toEqual(pictureOf(Buffer.from(shown.picture, 'base64url')));
    const looking = enrolment.look({ wait: 20 });
    const decided = await owner.call('POST', `${at}/decision`, {
      decision: 'approve',
      user_id: shown.candidate.id,
    });
    expect(decided.status).toBe(200);
    expect((await looking).may_complete).toBe(true);
    const bound = await enrolment.complete();
    expect((await enrolment.complete()).device_id).toBe(bound.device_id);
    expect((await phone.status()).user.username).toBe('alice');
    const list = await owner.call(
      'GET',
      `/v1/applications/${application.id}/onboarding-processes?status=completed`,
    );
    expect(list.body.items).toMatchObject([{ id: enrolment.processId, device_id: bound.device_id }]);
  });

  test('destroyed in the console, the phone begins afresh; another key never sees the process', async () => {
    const { owner, link, phone, connectUrl, clock } = await open();
    const enrolment = phone.enrolment(link);
    const { process_id } = await enrolment.begin();
    const other = await SoftAuthenticator.create({}, { connectUrl, now: () => clock.now() });
    const stranger = other.enrolment(link);
    await stranger.begin();
    const own = link.slice(link.indexOf('=') + 1);
    const foreign = `/v1/device/onboarding/${own}/processes/${process_id}`;
    const call = other.connection.call('GET', foreign);
    await expect(call).rejects.toEqual(problem('process_unknown'));
    await expect(call).rejects.toBeInstanceOf(ServerProblem);
    expect((await owner.call('POST', `/v1/onboarding-processes/${process_id}/destroy`)).status).toBe(200);
    expect(await enrolment.look()).toMatchObject({ status: 'destroyed' });
    expect((await enrolment.begin()).process_id).not.toBe(process_id);
  });

  test('a proof that was used is worth nothing, and an unknown application is none', async () => {
    const { link, phone } = await open();
    const enrolment = phone.enrolment(link);
    await enrolment.begin();
    const replay = phone.connection.lastProof ?? '';
    const path = link.slice(link.indexOf('=') + 1);
    const body = { device: { name: 'New phone', platform: 'soft-authenticator', app_version: '1' } };
    const again = phone.connection.call('POST', `/v1/device/onboarding/${path}/processes`, {
      body,
      proof: { replay },
    });
    await expect(again).rejects.toEqual(problem('proof_invalid'));
    const nowhere = link.replace(/=.*/, '=00000000-0000-4000-8000-000000000000');
    await expect(phone.enrolment(nowhere).offer()).rejects.toEqual(problem('not_found'));
  });

  test('two administrators who change the requirements do not overwrite each other; a risk must be read', async () => {
    const { owner, path } = await open();
    const alone = { revision: 1, requirements: [{ kind: 'simple_credentials' }] };
    expect((await owner.call('PUT', path, { ...alone, revision: 0 })).body.code).toBe('changed_meanwhile');
    const risky = await owner.call('PUT', path, alone);
    expect(risky.body).toMatchObject({
      code: 'risk_not_acknowledged',
      errors: [{ field: 'acknowledged', message: 'password_binds_device' }],
    });
    const put = await owner.call('PUT', path, { ...alone, acknowledged: ['password_binds_device'] });
    expect(put.body).toMatchObject({ revision: 2, risks: [{ code: 'password_binds_device' }] });
    expect((await owner.call('PUT', path, { revision: 2, requirements: [] })).status).toBe(400);
  });
});
