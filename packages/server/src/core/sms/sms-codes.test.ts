import { randomUUID } from 'node:crypto';
import type { SmsRulesChanges } from '@countersign/contract/sms-models.ts';
import { expect, test } from 'vitest';
import {
  actor,
  administrationDeps,
  createHandClock,
  plantApplications,
} from '#core/audit/administration.test-support.ts';
import { addUser } from '#core/devices/devices.test-support.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { addressOfCode, type CodeOwner, forgetCodes, typeCode } from '#core/messages/message-code.ts';
import type { Outgoing } from '#core/messages/message-queue.ts';
import { changeRules } from '#core/messages/message-rules.ts';
import { sendSmsCode } from './send-sms-code.ts';
import { smsCodes, smsRules } from './sms-channel.ts';
import type { SmsMessage } from './sms-sender.ts';

onBothDatabases('codes by SMS', (db) => {
  const clock = createHandClock();
  const sent: Outgoing<SmsMessage>[] = [];
  const texts = { send: (text: Outgoing<SmsMessage>) => void sent.push(text), stop: async () => {} };
  const deps = () => ({ ...administrationDeps(db(), clock), texts });
  const rules = (changes: SmsRulesChanges) => changeRules(deps(), smsRules, actor, null, changes);
  const generous: SmsRulesChanges = {
    allowed_prefixes: ['49', '371'],
    ...{ number_hour: 100, number_day: 100, user_hour: 100, user_day: 100 },
    ...{ prefix_hour: 1000, prefix_day: 1000, total_hour: 1000, total_day: 1000 },
    ...{ code_attempts: 5, code_resends: 3 },
  };

  async function arrange(known = true) {
    await rules(generous);
    const applicationId = `app_${randomUUID()}`;
    await plantApplications(db(), applicationId);
    const user = await addUser(deps() as never, applicationId);
    const owner: CodeOwner = { purpose: 'onboarding', id: `onb_${randomUUID()}` };
    const number = `+49170${Math.floor(clock.now() % 10_000_000)}${sent.length}`;
    const application = { id: applicationId, name: 'VPN' };
    const wish = {
      owner,
      application,
      address: number,
      userId: known ? user.id : null,
      language: 'en',
    } as const;
    const send = (more: object = {}) => sendSmsCode(deps(), { ...wish, ...more });
    const type = (code: string, at = owner) => db().write((tx) => typeCode(tx, deps(), smsCodes, at, code));
    clock.turn(1000);
    return { user, owner, number, wish, send, type };
  }
  const lastCode = () => /#([0-9]{6})$/.exec(sent.at(-1)?.message.text.reveal() ?? '')?.[1] ?? '';
  const otherThan = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0');

  test('sent, typed, and used up; nothing of the code or number is kept as it is', async () => {
    const { user, owner, number, send, type } = await arrange();
    expect(await send()).toMatchObject({ kind: 'sent', resendsLeft: 3, sends: true });
    expect(sent.at(-1)).toMatchObject({ message: { to: number }, purpose: 'onboarding', ownerId: owner.id });
    const code = lastCode();
    const kept = JSON.stringify([
      await db().read.selectFrom('message_codes').selectAll().execute(),
      await db().read.selectFrom('message_sends').selectAll().execute(),
    ]);
    expect(kept).not.toContain(code);
    expect(kept).not.toContain(number);
    expect(await addressOfCode(deps(), smsCodes, owner)).toBe(number);
    expect(await type(otherThan(code))).toEqual({ kind: 'wrong', attemptsLeft: 4 });
    expect(await type(code, { ...owner, id: 'another' })).toEqual({ kind: 'none' });
    expect(await type(code)).toEqual({ kind: 'right', userId: user.id });
    expect(await type(code)).toEqual({ kind: 'none' });
    expect(await send()).toEqual({ kind: 'no_resends' });
  });

  test('of twenty that type the right code at once, one is right', async () => {
    await rules(generous);
    const { send, type } = await arrange();
    await rules({ code_attempts: 10 });
    await send();
    const code = lastCode();
    const results = await Promise.all(Array.from({ length: 20 }, () => type(code)));
    expect(results.filter(({ kind }) => kind === 'right')).toHaveLength(1);
  });

  test('guesses are limited whatever is sent again, also when they come at once', async () => {
    const { send, type } = await arrange();
    await send();
    const wrong = otherThan(lastCode());
    await Promise.all([type(wrong), type(wrong), type(wrong)]);
    clock.turn(30_000);
    expect(await send()).toMatchObject({ kind: 'sent', resendsLeft: 2 });
    const again = lastCode();
    expect(await type(otherThan(again))).toEqual({ kind: 'wrong', attemptsLeft: 1 });
    expect(await type(otherThan(again))).toEqual({ kind: 'wrong', attemptsLeft: 0 });
    expect(await type(again)).toEqual({ kind: 'exhausted' });
    clock.turn(30_000);
    expect(await send()).toEqual({ kind: 'no_resends' });
  });

  test('sent again: not too soon, not too often, and only the newest counts', async () => {
    const { send, type } = await arrange();
    await send();
    const first = lastCode();
    expect(await send()).toMatchObject({ kind: 'too_soon' });
    const both = await (async () => {
      clock.turn(30_000);
      return Promise.all([send(), send()]);
    })();
    expect(both.map(({ kind }) => kind).sort()).toEqual(['sent', 'too_soon']);
    if (lastCode() !== first) expect((await type(first)).kind).toBe('wrong');
    for (let resend = 0; resend < 2; resend += 1) {
      clock.turn(30_000);
      expect((await send()).kind).toBe('sent');
    }
    clock.turn(30_000);
    expect(await send()).toEqual({ kind: 'no_resends' });
  });

  test('late, it is too late', async () => {
    const { send, type } = await arrange();
    await send();
    clock.turn(300_000);
    expect(await type(lastCode())).toEqual({ kind: 'expired' });
    clock.turn(8 * 86_400_000);
    await forgetCodes(deps());
    expect(await type(lastCode())).toEqual({ kind: 'none' });
  });

  test('a number that is nobody’s is answered alike, at every step, and nothing is sent', async () => {
    const known = await arrange();
    const unknown = await arrange(false);
    await rules({ number_hour: 3 });
    const shape = (answer: object) => ({ ...answer, sends: null, expiresAt: 0, resendAt: 0 });
    for (let time = 0; time < 4; time += 1) {
      const one = shape(await known.send());
      const before = sent.length;
      expect(shape(await unknown.send())).toEqual(one);
      expect(sent).toHaveLength(before);
      clock.turn(30_000);
      if (time === 0) continue;
      expect(await unknown.type('000000')).toEqual(await known.type(otherThan(lastCode())));
    }
  });

  test('every limit holds by itself; what is sent to nobody costs only its number', async () => {
    const limits: readonly SmsRulesChanges[] = [{ number_hour: 1 }, { prefix_hour: 1 }, { total_hour: 1 }];
    for (const limit of limits) {
      clock.turn(2 * 86_400_000);
      const { wish, send } = await arrange();
      await rules(limit);
      const other = (id: string) => ({ owner: { purpose: 'onboarding', id } });
      const elsewhere = { address: '+37120000001' };
      expect((await send({ ...other('nobody'), userId: null, ...elsewhere })).kind).toBe('sent');
      expect((await send()).kind).toBe('sent');
      const [name] = Object.keys(limit)[0]?.split('_') ?? [];
      expect(await send(other('second'))).toMatchObject({ kind: 'limit', limit: name });
      const abroad = { ...other('third'), address: '+37120000002', userId: wish.userId };
      expect((await send(abroad)).kind).toBe(name === 'total' ? 'limit' : 'sent');
      clock.turn(3_600_001);
      expect((await send(other('fourth'))).kind).toBe('sent');
    }
    expect((await (await arrange()).send({ address: '+15550100100' })).kind).toBe('not_allowed');
  });

  test('the limit of the user is silent: it looks sent, and is not', async () => {
    const { send } = await arrange();
    await rules({ user_hour: 1 });
    await send();
    const before = sent.length;
    expect(await send({ owner: { purpose: 'onboarding', id: randomUUID() } })).toMatchObject({
      kind: 'sent',
      sends: false,
    });
    expect(sent).toHaveLength(before);
  });

  test('counted together: of thirty at once as many are sent as the limit says', async () => {
    clock.turn(2 * 86_400_000);
    const { send } = await arrange();
    await rules({ number_hour: 7 });
    const results = await Promise.all(
      Array.from({ length: 30 }, () => send({ owner: { purpose: 'onboarding', id: randomUUID() } })),
    );
    expect(results.filter(({ kind }) => kind === 'sent')).toHaveLength(7);
  });
});
