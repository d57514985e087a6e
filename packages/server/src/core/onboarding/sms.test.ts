import { smsRulesDefaults } from '@countersign/contract/sms-models.ts';
import { beforeAll, expect, test } from 'vitest';
import { changeRules } from '#core/messages/message-rules.ts';
import { smsRules } from '#core/sms/sms-channel.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { anna, type Enrolment, openEnrolment } from './enrolment.test-support.ts';

onBothDatabases('a code by SMS', (db) => {
  let e: Enrolment;
  const { allowed_prefixes: _, ...defaults } = smsRulesDefaults;
  beforeAll(async () => {
    e = await openEnrolment(db());
    const wide = { prefix_hour: 1000, total_hour: 1000, number_hour: 50, user_hour: 50, code_attempts: 5 };
    await changeRules(e.deps, smsRules, anna.actor, null, { ...defaults, ...wide, allowed_prefixes: ['49'] });
  });
  const codeOf = () => /#([0-9]{6})$/.exec(e.deps.sent.at(-1)?.message.text.reveal() ?? '')?.[1] ?? '';
  const other = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0');
  const refusal = (code: string): unknown => expect.objectContaining({ code });

  test('the number says who it is; the code says it is so', async () => {
    const application = await e.application(['sms'], { name: 'VPN' });
    await e.user(application, { phone: '+491701234501' });
    const phone = await e.phone(application);
    expect((await phone.begin()).next).toMatchObject({ kind: 'sms', needs_number: true, sent_to: null });
    const asked = await phone.give({ kind: 'sms', number: '0049 170 1234501' });
    expect(asked).toMatchObject({ user: null, next: { needs_number: false, sent_to: '…501' } });
    expect(e.deps.sent.at(-1)?.message.to).toBe('+491701234501');
    expect(e.deps.sent.at(-1)?.message.text.reveal()).toContain('VPN');
    await expect(phone.give({ kind: 'sms', code: other(codeOf()) })).rejects.toEqual(
      refusal('step_not_accepted'),
    );
    expect(await phone.give({ kind: 'sms', code: codeOf() })).toMatchObject({
      may_complete: true,
      user: { username: 'alice' },
    });
    await phone.complete();
    const steps = await e.show(phone.id);
    expect(JSON.stringify(steps)).not.toContain(codeOf());
    expect(JSON.stringify(steps)).not.toContain('1701234501');
  });

  test('after credentials: to the user’s own number, whatever number is given', async () => {
    const application = await e.application(['simple_credentials', 'sms']);
    await e.user(application, { phone: '+491701234502', password: 'lantern orchid' });
    await e.user(application, { username: 'mallory', phone: '+491701234599' });
    const phone = await e.phone(application);
    await phone.begin();
    await phone.give({ kind: 'simple_credentials', username: 'alice', password: 'lantern orchid' });
    const before = e.deps.sent.length;
    expect((await phone.give({ kind: 'sms', number: '+491701234599' })).next).toMatchObject({
      sent_to: '…599',
    });
    expect(e.deps.sent).toHaveLength(before);
    expect(await e.stepsOf(phone.id)).toContain('sms_number_differs');
    const again = await e.phone(application);
    await again.begin();
    await again.give({ kind: 'simple_credentials', username: 'alice', password: 'lantern orchid' });
    await again.give({ kind: 'sms' });
    expect(e.deps.sent.at(-1)?.message.to).toBe('+491701234502');
    expect((await again.give({ kind: 'sms', code: codeOf() })).may_complete).toBe(true);
  });

  test('a number that nobody has, or two have, or a disabled user has, is answered as one that somebody has', async () => {
    const application = await e.application(['sms']);
    await e.user(application, { phone: '+491701234503' });
    await e.user(application, { username: 'disabled', phone: '+491701234504', enabled: 0 });
    await e.user(application, { username: 'one', phone: '+491701234505' });
    await e.user(application, { username: 'two', phone: '+491701234505' });
    const answers: object[] = [];
    const numbers = ['+491701234503', '+491701234504', '+491701234505', '+491701234506'];
    const before = e.deps.sent.length;
    for (const number of numbers) {
      const phone = await e.phone(application);
      await phone.begin();
      const said: unknown[] = [];
      const { next } = await phone.give({ kind: 'sms', number });
      said.push({ ...next, sent_to: '', code_until: 0, resend_at: 0 });
      for (let attempt = 0; attempt < 4; attempt += 1)
        said.push(
          await phone.give({ kind: 'sms', code: other(codeOf()) }).catch((error: Error) => error.message),
        );
      e.deps.clock.at += 60_000;
      said.push((await phone.give({ kind: 'sms' })).next?.tries_left);
      answers.push(said);
    }
    expect(answers.slice(1)).toEqual([answers[0], answers[0], answers[0]]);
    expect(e.deps.sent).toHaveLength(before + 2);
  });

  test('where no text may go, and what is no number, is refused; the administrator reads why', async () => {
    const application = await e.application(['sms']);
    const phone = await e.phone(application);
    await phone.begin();
    for (const number of ['+15550100100', '0170 1234567', 'no number'])
      await expect(phone.give({ kind: 'sms', number })).rejects.toEqual(refusal('step_not_accepted'));
    await expect(phone.give({ kind: 'sms', code: '123456' })).rejects.toEqual(refusal('step_not_accepted'));
    await expect(phone.give({ kind: 'sms' })).rejects.toEqual(refusal('step_not_accepted'));
    const steps = await e.stepsOf(phone.id);
    for (const code of ['sms_not_allowed', 'sms_number_wrong', 'sms_code_none', 'sms_number_missing'])
      expect(steps).toContain(code);
  });

  test('how the sending ended stands among the steps', async () => {
    const application = await e.application(['sms']);
    await e.user(application, { phone: '+491701234507' });
    const phone = await e.phone(application);
    await phone.begin();
    await phone.give({ kind: 'sms', number: '+491701234507' });
    const { ended } = e.deps.sent.at(-1) ?? {};
    await ended?.({ gateway: 'kannel', failure: 'throttled', detail: 'HTTP 429' });
    await ended?.({ gateway: 'kannel', failure: null, detail: '' });
    const { steps } = await e.show(phone.id);
    expect(steps.map(({ text }) => text)).toEqual(
      expect.arrayContaining([
        'No SMS gateway took the text: It takes no more at the moment. HTTP 429',
        'SMS gateway “kannel” took the text.',
      ]),
    );
  });
});
