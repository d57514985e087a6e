// An administrator's signing in is put to the phone like any login: a real device answers, with the number that the browser shows.
import { randomUUID } from 'node:crypto';
import { SoftAuthenticator } from '@countersign/testkit/soft-authenticator/soft-authenticator.ts';
import { expect, test } from 'vitest';
import { patience } from '#core/approvals/challenge.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { systemClock } from '#platform/clock.ts';
import { becomeOwner, goodPassword, openBrowser, openDoorAt } from './sessions.test-support.ts';

type Db = Parameters<typeof openDoorAt>[0];

/** An owner whose signing in a device approves. */
async function start(db: Db) {
  const door = await openDoorAt(db, 'https://mfa.example.test', systemClock);
  const [address] = await door.door.start([{ host: '127.0.0.1', port: 0 }]);
  const owner = await becomeOwner(door);
  const { body: application } = await owner.call('POST', '/v1/applications', {
    name: `Staff ${randomUUID()}`,
  });
  const given = { application_id: application.id, username: 'ann' };
  const { body: user } = await owner.call('POST', '/v1/users', given);
  const refused = await owner.call('PUT', '/v1/session/phone-user', { user_id: user.id });
  expect(refused.body).toMatchObject({ code: 'invalid_request', errors: [{ field: 'user_id' }] });
  const { body } = await owner.call('POST', '/v1/onboarding-links', { user_id: user.id });
  const device = await SoftAuthenticator.create({}, { connectUrl: `http://127.0.0.1:${address!.port}` });
  await device.onboard(String(body.link));
  const chosen = await owner.call('PUT', '/v1/session/phone-user', { user_id: user.id });
  expect(chosen.body).toMatchObject({
    verify_with: ['phone'],
    administrator: { phone_user: { id: user.id, username: 'ann' } },
  });
  return { door, owner, device, userId: String(user.id) };
}

type Started = Awaited<ReturnType<typeof start>>;

/** After the password. */
async function half({ door, owner }: Started) {
  const browser = openBrowser(door);
  const given = { username: owner.username, password: goodPassword };
  const { body } = await browser.call('POST', '/v1/session/password', given);
  expect(body).toMatchObject({ status: 'second_factor', methods: ['phone'] });
  return browser;
}

type Asker = Pick<ReturnType<typeof openBrowser>, 'call'>;

async function ask({ call }: Asker, { device }: Started) {
  const asked = await call('POST', '/v1/session/phone');
  expect(asked.status).toBe(200);
  const challenges = await device.pending({ wait: 5 });
  const challenge = challenges.find(({ content }) => content.title === 'Sign in to the console');
  return { number: String(asked.body.number), challenge: challenge! };
}

const wait = ({ call }: Asker) => call('POST', '/v1/session/phone/wait');

onBothDatabases('signing in by phone', (db) => {
  test('password, number, approval, session; an approval counts once', async () => {
    const started = await start(db());
    const { door, device } = started;
    const browser = await half(started);
    const { number, challenge } = await ask(browser, started);
    expect(challenge.content).toMatchObject({
      client: { name: 'Console', address: '192.0.2.7' },
      description: `As the administrator “${started.owner.username}”.`,
      messages: {
        title: { key: 'console_sign_in', parameters: {} },
        description: { key: 'as_administrator', parameters: { administrator: started.owner.username } },
      },
    });
    expect((await browser.call('GET', '/v1/session')).status).toBe(401);
    const before = browser.cookie();
    const waiting = wait(browser);
    await device.answer(challenge, { decision: 'approve', number });
    expect(await waiting).toMatchObject({
      status: 200,
      body: { status: 'approved', session: { must_enrol: false } },
    });
    expect(browser.cookie()).not.toBe(before);
    expect((await browser.call('GET', '/v1/applications')).status).toBe(200);
    expect((await wait(browser)).body.code).toBe('sign_in_refused');
    const old = openBrowser(door);
    old.take(before);
    expect((await wait(old)).body.code).toBe('sign_in_refused');

    const listed = await browser.call('GET', '/v1/activity');
    const [activity] = listed.body.items as unknown[];
    expect(activity).toMatchObject({ door: 'console', status: 'approved', client_name: 'Console' });
    expect(activity).toMatchObject({ kind: 'console_sign_in' });
    const logins = await browser.call('GET', '/v1/activity?kind=login');
    expect(JSON.stringify(logins.body)).not.toContain('console_sign_in');
    const events = await browser.call('GET', '/v1/audit-events?event=session.started');
    expect((events.body.items as { data: unknown }[])[0]).toMatchObject({
      data: { method: 'password, phone' },
    });
    expect(door.lines.join('')).not.toMatch(/undeclared|defect/);
  });

  test('a denial, a wrong number and a question that was taken back let nobody in', async () => {
    const started = await start(db());
    const { device } = started;
    const browser = await half(started);
    const first = await ask(browser, started);
    await device.answer(first.challenge, { decision: 'deny' });
    expect((await wait(browser)).body).toEqual({ status: 'denied', session: null });
    const second = await ask(browser, started);
    const third = await ask(browser, started);
    await expect(
      device.answer(second.challenge, { decision: 'approve', number: second.number }),
    ).rejects.toMatchObject({ code: 'challenge_expired' });
    const wrong = third.number === '00' ? '01' : '00';
    await device.answer(third.challenge, { decision: 'approve', number: wrong }).catch(() => undefined);
    expect((await wait(browser)).body).toEqual({ status: 'denied', session: null });
    expect((await browser.call('GET', '/v1/session')).status).toBe(401);
  });

  test('without a session nothing is asked and nothing waits; neither at another browser', async () => {
    const started = await start(db());
    const stranger = openBrowser(started.door);
    for (const path of ['/v1/session/phone', '/v1/session/phone/wait'])
      expect(await stranger.call('POST', path)).toMatchObject({
        status: 401,
        body: { code: 'sign_in_refused' },
      });
    const one = await half(started);
    const two = await half(started);
    const { number, challenge } = await ask(one, started);
    await started.device.answer(challenge, { decision: 'approve', number });
    expect((await wait(two)).body.code).toBe('sign_in_refused');
    expect((await wait(one)).body.status).toBe('approved');
  });

  test('whoever has the password and asks again and again is soon not heard any more', async () => {
    const started = await start(db());
    const browser = await half(started);
    let asked = 0;
    while (asked < 20 && (await browser.call('POST', '/v1/session/phone')).status === 200) asked += 1;
    expect(asked).toBe(patience);
    const user = await started.owner.call('GET', `/v1/users/${started.userId}`);
    expect(user.body.left_alone_until).toBeGreaterThan(Date.now());
  });

  test('the phone proves anew who is there', async () => {
    const started = await start(db());
    const { owner, device } = started;
    const before = owner.cookie();
    const { number, challenge } = await ask(owner, started);
    const waiting = wait(owner);
    await device.answer(challenge, { decision: 'approve', number });
    expect((await waiting).body).toMatchObject({ status: 'approved' });
    expect(owner.cookie()).toBe(before);
    const verified = await owner.call('GET', '/v1/audit-events?event=session.verified');
    expect((verified.body.items as unknown[])[0]).toMatchObject({ data: { method: 'phone' } });
  });

  test('a user who cannot be asked is one more refusal, with its reason in the trail', async () => {
    const started = await start(db());
    const { owner, userId } = started;
    const browser = await half(started);
    expect((await owner.call('PATCH', `/v1/users/${userId}`, { enabled: false })).status).toBe(200);
    expect((await browser.call('POST', '/v1/session/phone')).body.code).toBe('sign_in_refused');
    const events = await owner.call('GET', '/v1/audit-events?event=session.refused');
    expect((events.body.items as unknown[])[0]).toMatchObject({
      data: { reason: 'phone_not_askable', cause: 'user_disabled' },
    });
  });
});
