import { mailRulesDefaults, NewMailGateway } from '@countersign/contract/mail-models.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  actor,
  administrationDeps,
  auditTrail,
  createHandClock,
} from '#core/audit/administration.test-support.ts';
import { changeGateway } from '#core/messages/change-gateway.ts';
import { createGateway } from '#core/messages/create-gateway.ts';
import { deleteGateway } from '#core/messages/delete-gateway.ts';
import { getGateway, listGateways } from '#core/messages/list-gateways.ts';
import { changeRules } from '#core/messages/message-rules.ts';
import type { Outcome } from '#core/messages/message-sender.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { createMailCourier, mailGateways, mailRules } from './mail-channel.ts';
import type { MailMessage, OpenedMailGateway } from './mail-sender.ts';
import { codeMail } from './mail-text.ts';
import { testMail } from './test-mail.ts';

const password = 'planted mail password';
const never = new AbortController().signal;
const relay = { name: 'Relay', host: 'smtp.example.com', from: 'mfa@example.com' };

onBothDatabases('mail gateways', (db) => {
  const clock = createHandClock();
  const deps = () => administrationDeps(db(), clock);
  const create = (rest: object = {}) =>
    createGateway(deps(), mailGateways, actor, null, NewMailGateway.parse({ ...relay, ...rest }));

  test('created with STARTTLS; the password is sealed, never shown, and goes nowhere else', async () => {
    const made = await create({ user: 'me', password });
    expect(made).toMatchObject({ kind: 'smtp', port: 587, security: 'starttls', has_password: true });
    for (const move of [
      { host: 'evil.example' },
      { security: 'plain' },
      { ca: '-----BEGIN CERTIFICATE-----' },
    ])
      await expect(changeGateway(deps(), mailGateways, actor, null, made.id, move)).rejects.toMatchObject({
        fields: [{ field: 'password' }],
      });
    await changeGateway(deps(), mailGateways, actor, null, made.id, {
      host: 'new.example',
      password: 'other',
    });
    const everything = JSON.stringify([
      await auditTrail(db()),
      await db().read.selectFrom('message_gateways').selectAll().execute(),
      await listGateways(deps(), mailGateways, null),
    ]);
    expect(everything).not.toContain(password);
    expect((await auditTrail(db())).at(-1)).toMatchObject({
      event: 'mail_gateway.changed',
      data: { changed: ['host', 'password'] },
    });
    await deleteGateway(deps(), mailGateways, actor, null, made.id);
  });

  test('what would end a header, or is no address or host, is refused', () => {
    const refused = (fields: object) => NewMailGateway.safeParse({ ...relay, ...fields }).success;
    expect(refused({})).toBe(true);
    expect(refused({ from: 'mfa@example.com\r\nBcc: eve@evil.example' })).toBe(false);
    expect(refused({ from: 'Countersign <mfa@example.com>' })).toBe(false);
    expect(refused({ from: 'mfa@example.com, eve@evil.example' })).toBe(false);
    expect(refused({ host: 'smtp.example.com\r\nX' })).toBe(false);
    expect(refused({ user: 'a\nb' })).toBe(false);
    expect(refused({ security: 'maybe' })).toBe(false);
    expect(refused({ url: 'http://a/' })).toBe(false);
  });

  test('a test goes to the next gateway when one fails, and not when the address is the trouble', async () => {
    const one = await create({ name: 'One' });
    const two = await create({ name: 'Two' });
    const outcomes: Record<string, Outcome> = { One: { kind: 'failed', failure: 'refused', detail: '554' } };
    const seen: MailMessage[] = [];
    const send = async ({ name }: OpenedMailGateway, message: MailMessage): Promise<Outcome> => {
      seen.push(message);
      return outcomes[name] ?? { kind: 'accepted', detail: '250' };
    };
    const mailCourier = createMailCourier(deps(), { send, close: async () => {} });
    const run = (more: object = {}) =>
      testMail({ ...deps(), mailCourier }, actor, null, { to: 'Alice@example.com', ...more }, never);
    expect((await run()).tried.map(({ gateway, failure }) => [gateway, failure])).toEqual([
      ['One', 'refused'],
      ['Two', null],
    ]);
    expect(seen[0]).toMatchObject({ to: 'Alice@example.com', fromName: 'Countersign' });
    expect((await auditTrail(db())).at(-1)).toMatchObject({
      event: 'mail.sent',
      data: { purpose: 'test', address: 'A…@example.com', gateway: 'Two' },
    });
    expect(await getGateway(deps(), mailGateways, null, one.id)).toMatchObject({
      last_failure: 'refused: 554',
    });
    outcomes['One'] = { kind: 'failed', failure: 'recipient_refused', detail: '550' };
    clock.turn(31_000);
    expect((await run()).tried).toHaveLength(1);
    expect((await run({ gateway_id: two.id })).accepted).toBe(true);
    await changeRules(deps(), mailRules, actor, null, { address_hour: 3 });
    expect((await auditTrail(db())).findLast(({ event }) => event === 'mail_rules.changed')?.data).toEqual({
      changed: ['address_hour'],
      ...{ address_hour: 3, address_hour_before: 5 },
    });
    await expect(run()).rejects.toMatchObject({ code: 'mail_limit_reached' });
    await expect(run({ gateway_id: 'mgw_none' })).rejects.toMatchObject({ code: 'not_found' });
    await expect(
      testMail({ ...deps(), mailCourier }, actor, 'app_one', { to: 'a@example.com' }, never),
    ).rejects.toMatchObject({ code: 'forbidden' });
  });
});

test('whatever the application is called: one line of subject without the code, the code once in the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (application) => {
      const words = { code: '123456', application: `${application}{code}`, host: 'mfa.example.com' };
      const mail = codeMail(mailRulesDefaults, { ...words, language: 'en' });
      expect(`${mail.subject}${mail.fromName}`).not.toMatch(/[\p{Cc}\u2028\u2029<>@]/u);
      expect(mail.subject).not.toContain('123456');
      expect(mail.text.split('\n')).toHaveLength(5);
      expect(mail.text).toMatch(/: 123456\. Tell it/);
    }),
  );
});
