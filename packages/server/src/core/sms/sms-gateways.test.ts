import { NewSmsGateway, type SmsGateway } from '@countersign/contract/sms-models.ts';
import { expect, test } from 'vitest';
import {
  actor,
  administrationDeps,
  auditTrail,
  createHandClock,
} from '#core/audit/administration.test-support.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { changeGateway } from '#core/messages/change-gateway.ts';
import { createGateway } from '#core/messages/create-gateway.ts';
import { deleteGateway } from '#core/messages/delete-gateway.ts';
import { getGateway, listGateways, orderGateways } from '#core/messages/list-gateways.ts';
import { changeRules, getRules } from '#core/messages/message-rules.ts';
import type { Outcome } from '#core/messages/message-sender.ts';
import { createSmsCourier, readNewSmsGateway, smsGateways, smsRules } from './sms-channel.ts';
import type { OpenedSmsGateway, SmsMessage } from './sms-sender.ts';
import { testSms } from './test-sms.ts';

const password = 'planted gateway password';
const never = new AbortController().signal;

onBothDatabases('SMS gateways', (db) => {
  const clock = createHandClock();
  const deps = () => administrationDeps(db(), clock);
  const http = (name: string, rest: object = {}) =>
    NewSmsGateway.parse({ kind: 'http', name, url: 'http://10.0.0.5:13013/?to={to}&text={text}', ...rest });
  const create = (name: string, rest?: object) =>
    createGateway(deps(), smsGateways, actor, null, http(name, rest));
  const names = async () => (await listGateways(deps(), smsGateways, null)).items.map(({ name }) => name);
  const clear = async () => {
    for (const { id } of (await listGateways(deps(), smsGateways, null)).items)
      await deleteGateway(deps(), smsGateways, actor, null, id);
  };

  test('created, each kind has its settings; the password is sealed and never shown', async () => {
    const made = await create('Http', { password });
    expect(made).toMatchObject({
      kind: 'http',
      method: 'POST',
      content: 'none',
      position: 1,
      has_password: true,
    });
    const smpp = NewSmsGateway.parse({ kind: 'smpp', name: 'Smpp', host: 'smsc.example', user: 'me' });
    expect(await createGateway(deps(), smsGateways, actor, null, smpp)).toMatchObject({
      port: 2775,
      tls: false,
      position: 2,
    });
    const twilio = NewSmsGateway.parse({
      kind: 'twilio',
      name: 'Twilio',
      account: 'AC1',
      sender: 'Acme',
      password,
    });
    expect(await createGateway(deps(), smsGateways, actor, null, twilio)).toMatchObject({
      url: 'https://api.twilio.com',
    });
    const everything = JSON.stringify([
      await auditTrail(db()),
      await db().read.selectFrom('message_gateways').selectAll().execute(),
      await listGateways(deps(), smsGateways, null),
    ]);
    expect(everything).not.toContain(password);
    expect(await getGateway(deps(), smsGateways, null, made.id)).toEqual(made);
    await clear();
  });

  test('fields of another kind, placeholders in the host and headers that split are refused', async () => {
    const refused = (fields: object) => NewSmsGateway.safeParse({ name: 'X', ...fields }).success;
    expect(refused({ kind: 'http', url: 'http://{to}.example/' })).toBe(false);
    expect(refused({ kind: 'http', url: 'http://a{to}@b/' })).toBe(false);
    expect(refused({ kind: 'http', url: 'http://user:pw@gateway/' })).toBe(false);
    expect(refused({ kind: 'http', url: 'file:///etc/passwd' })).toBe(false);
    expect(refused({ kind: 'http', url: 'http://gateway/{secret}' })).toBe(false);
    expect(refused({ kind: 'http', url: 'http://gateway/', headers: ['Host: other'] })).toBe(false);
    expect(refused({ kind: 'http', url: 'http://gateway/', headers: ['X: a\r\nY: b'] })).toBe(false);
    expect(refused({ kind: 'http', url: 'http://gateway/', sender: 'a\nb' })).toBe(false);
    expect(refused({ kind: 'smpp', host: 'a b', user: 'x' })).toBe(false);
    expect(() => readNewSmsGateway({ kind: 'smpp', name: 'X', url: 'http://a/' })).toThrow(
      expect.objectContaining({ code: 'invalid_request' }) as Error,
    );
    const made = await create('Kind');
    const { id } = await createGateway(
      deps(),
      smsGateways,
      actor,
      null,
      NewSmsGateway.parse({ kind: 'twilio', name: 'Twilio', account: 'AC1', sender: 'Acme', password }),
    );
    const query = { url: 'https://api.example/?a={to}', password };
    await expect(changeGateway(deps(), smsGateways, actor, null, id, query)).rejects.toMatchObject({
      fields: [{ field: 'url' }],
    });
    await expect(
      changeGateway(deps(), smsGateways, actor, null, made.id, { system_type: 'me' }),
    ).rejects.toMatchObject({
      fields: [{ field: 'system_type' }],
    });
    await clear();
  });

  test('a password goes nowhere else than it was given for', async () => {
    const made = await create('Moved', { password });
    const move = { url: 'http://evil.example/?p={password}' };
    await expect(changeGateway(deps(), smsGateways, actor, null, made.id, move)).rejects.toMatchObject({
      fields: [{ field: 'password' }],
    });
    const moved = await changeGateway(deps(), smsGateways, actor, null, made.id, {
      ...move,
      password: 'new',
    });
    expect(moved).toMatchObject({ ...move, updated_at: made.updated_at + 1 });
    expect((await auditTrail(db())).at(-1)).toMatchObject({
      event: 'sms_gateway.changed',
      data: { changed: ['url', 'password'] },
    });
    expect(await changeGateway(deps(), smsGateways, actor, null, made.id, { enabled: false })).toMatchObject({
      enabled: false,
      url: move.url,
    });
    await clear();
  });

  test('they have an order, which stays without gaps', async () => {
    const [one, two, three] = [await create('One'), await create('Two'), await create('Three')];
    await expect(create('ONE')).rejects.toMatchObject({ code: 'name_taken' });
    await orderGateways(deps(), smsGateways, actor, null, [three.id, one.id, two.id]);
    expect(await names()).toEqual(['Three', 'One', 'Two']);
    for (const wrong of [[one.id], [one.id, one.id, two.id], [one.id, two.id, three.id, three.id]])
      await expect(orderGateways(deps(), smsGateways, actor, null, wrong)).rejects.toMatchObject({
        code: 'invalid_request',
      });
    await deleteGateway(deps(), smsGateways, actor, null, one.id);
    const { items } = await listGateways(deps(), smsGateways, null);
    expect(items.map(({ name, position }) => [name, position])).toEqual([
      ['Three', 1],
      ['Two', 2],
    ]);
    await clear();
  });

  test('a caller bound to one application may do nothing with them', async () => {
    const made = await create('Installation');
    const app = 'app_one';
    const sending = { ...deps(), ...sender([]), to: '+491701234567' };
    for (const attempt of [
      () => createGateway(deps(), smsGateways, actor, app, http('Mine')),
      async () => listGateways(deps(), smsGateways, app),
      async () => getGateway(deps(), smsGateways, app, made.id),
      () => changeGateway(deps(), smsGateways, actor, app, made.id, { enabled: false }),
      () => deleteGateway(deps(), smsGateways, actor, app, made.id),
      () => orderGateways(deps(), smsGateways, actor, app, [made.id]),
      () => testSms(sending, actor, app, { to: '+491701234567' }, never),
      async () => getRules(deps(), smsRules, app),
      () => changeRules(deps(), smsRules, actor, app, { total_day: 1 }),
    ])
      await expect(attempt()).rejects.toMatchObject({ code: 'forbidden' });
    await clear();
  });

  /** Answers of gateways by name; whoever is not named accepts. */
  function sender(
    asked: string[],
    outcomes: Readonly<Record<string, Outcome>> = {},
    seen: SmsMessage[] = [],
  ) {
    const send = async (gateway: OpenedSmsGateway, message: SmsMessage): Promise<Outcome> => {
      asked.push(gateway.name);
      seen.push(message);
      return outcomes[gateway.name] ?? { kind: 'accepted', detail: 'ok' };
    };
    return { smsCourier: createSmsCourier(deps(), { send, close: async () => {} }) };
  }

  test('a text goes nowhere until a prefix is allowed; then to the next gateway when one fails, which is asked last for a while', async () => {
    const [one, two] = [await create('First'), await create('Second')];
    await create('Off', { enabled: false });
    const asked: string[] = [];
    const failing: Record<string, Outcome> = {
      First: { kind: 'failed', failure: 'unreachable', detail: 'ECONNREFUSED' },
    };
    const sending = { ...deps(), ...sender(asked, failing) };
    const send = (more: { gateway_id?: string } = {}) =>
      testSms(sending, actor, null, { to: '+491701234567', ...more }, never);
    await expect(send()).rejects.toMatchObject({ code: 'sms_not_allowed' });
    await changeRules(deps(), smsRules, actor, null, { allowed_prefixes: ['49'], number_hour: 6 });
    expect((await auditTrail(db())).findLast(({ event }) => event === 'sms_rules.changed')?.data).toEqual({
      changed: ['allowed_prefixes', 'number_hour'],
      ...{ allowed_prefixes: ['49'], allowed_prefixes_before: [] },
      ...{ number_hour: 6, number_hour_before: 5 },
    });
    expect(await send()).toEqual({
      accepted: true,
      tried: [
        {
          gateway_id: one.id,
          gateway: 'First',
          accepted: false,
          failure: 'unreachable',
          detail: 'ECONNREFUSED',
        },
        { gateway_id: two.id, gateway: 'Second', accepted: true, failure: null, detail: 'ok' },
      ],
    });
    await send();
    expect(asked).toEqual(['First', 'Second', 'Second']);
    clock.turn(31_000);
    await send();
    expect(asked.slice(3)).toEqual(['First', 'Second']);
    expect(await getGateway(deps(), smsGateways, null, one.id)).toMatchObject({
      last_accepted_at: null,
      last_failure: 'unreachable: ECONNREFUSED',
    } satisfies Partial<SmsGateway>);
    expect((await send({ gateway_id: one.id })).accepted).toBe(false);
    failing['First'] = { kind: 'failed', failure: 'number_refused', detail: '' };
    clock.turn(31_000);
    expect((await send()).tried).toHaveLength(1);
    expect((await auditTrail(db())).at(-1)).toMatchObject({
      event: 'sms.failed',
      data: { number: '…567', failure: 'number_refused' },
    });
    await send();
    await expect(send()).rejects.toMatchObject({ code: 'sms_limit_reached' });
    await clear();
  });
});
