// Somebody sets the clock an hour ahead or back while logins wait. The guide says what happens; here it happens.
import { Code, rfc2865, writeAttribute } from '@countersign/radius';
import { openNas } from '@countersign/testkit/peers/nas.ts';
import { papLogin, radclient } from '@countersign/testkit/peers/radclient.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TurnedClock, turnedClock } from '../clock.ts';
import { deployVpn, type Gateway, requestOn, type Vpn } from '../vpn.ts';

const hour = 3_600_000;

describe.each([
  ['ahead', hour],
  ['back', -hour],
])('the clock is set an hour %s', (_direction, step) => {
  let vpn: Vpn;
  let gateway: Gateway;
  let clock: TurnedClock;
  let turned = 0;
  const turn = (): Promise<void> => {
    turned += step;
    return clock.turn(vpn.server(), turned);
  };
  beforeAll(async () => {
    clock = turnedClock();
    vpn = await deployVpn({ env: clock.env });
    gateway = await vpn.addGateway();
  });
  afterAll(async () => {
    await vpn?.server().kill();
    vpn?.installation.remove();
    clock?.remove();
  });

  test('a login that waits ends with its time by the clock: at once, or it can still be approved', async () => {
    const { user, phone } = await vpn.addUserWithPhone();
    const waiting = radclient(gateway, papLogin(user.username, user.password));
    const request = await requestOn(phone);
    await turn();
    if (step < 0) {
      // The phone learns the time by its next call, before it signs.
      expect(await phone.pending()).toHaveLength(1);
      expect(await phone.answer(request, { decision: 'approve' })).toEqual({ status: 'approved' });
      expect((await waiting).code).toBe('Access-Accept');
    } else {
      expect((await waiting).code).toBe('Access-Reject');
      await expect(phone.answer(request, { decision: 'approve' })).rejects.toThrow();
      expect(await vpn.activity(request.content.request_id)).toMatchObject({ status: 'expired' });
    }
  });

  test('the next login goes through: the phone learns the time, no throttle holds anybody', async () => {
    const { user, phone } = await vpn.addUserWithPhone();
    for (let login = 0; login < 3; login += 1) {
      await turn();
      const waiting = radclient(gateway, papLogin(user.username, user.password));
      await phone.answer(await requestOn(phone), { decision: 'approve' });
      expect((await waiting).code).toBe('Access-Accept');
    }
  });

  test('a request sent again gets the same bytes, whatever the clock says', async () => {
    const { user, phone } = await vpn.addUserWithPhone();
    const nas = await openNas(gateway);
    const attributes = [writeAttribute(rfc2865.CallingStationId, '198.51.100.7')];
    const bytes = nas.prepare({ username: user.username, password: user.password, attributes });
    const first = nas.exchange(bytes, 20_000);
    await phone.answer(await requestOn(phone), { decision: 'approve' });
    const reply = await first;
    expect(reply?.code).toBe(Code.AccessAccept);
    await turn();
    expect((await nas.exchange(bytes))?.bytes).toEqual(reply?.bytes);
    expect(await phone.pending()).toEqual([]);
    await nas.close();
  });

  test('an access token ends by the clock, and the next one is good', async () => {
    const client = await vpn.installation.json<{ id: string; client_secret: string }>([
      ...['api-clients', 'create', '--name', `reader ${step}`, '--scope', 'users'],
    ]);
    const { url } = vpn.installation;
    const newToken = async () => {
      const response = await fetch(`${url}/v1/oauth/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(`${client.id}:${client.client_secret}`)}` },
        body: new URLSearchParams({ grant_type: 'client_credentials' }),
      });
      return ((await response.json()) as { access_token: string }).access_token;
    };
    const status = async (token: string) =>
      (await fetch(`${url}/v1/users`, { headers: { authorization: `Bearer ${token}` } })).status;
    const token = await newToken();
    expect(await status(token)).toBe(200);
    await turn();
    await turn();
    expect(await status(token)).toBe(step > 0 ? 401 : 200);
    expect(await status(await newToken())).toBe(200);
  });

  test('a proof that was used is not good again', async () => {
    const { phone } = await vpn.addUserWithPhone();
    await phone.status();
    const proof = phone.connection.lastProof ?? '';
    await turn();
    const again = await phone.connection.send('GET', '/v1/device', { proof: { replay: proof } });
    expect(again.ok).toBe(false);
  });

  test('the audit trail verifies', async () => {
    expect(await vpn.installation.countersign(['audit', 'verify'])).toMatchObject({ code: 0 });
  });
});
