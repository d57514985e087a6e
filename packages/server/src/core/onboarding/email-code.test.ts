import { mailRulesDefaults } from '@countersign/contract/mail-models.ts';
import { beforeAll, expect, test } from 'vitest';
import { mailRules } from '#core/mail/mail-channel.ts';
import { changeRules } from '#core/messages/message-rules.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { anna, type Enrolment, openEnrolment } from './enrolment.test-support.ts';

onBothDatabases('a code by e-mail', (db) => {
  let e: Enrolment;
  beforeAll(async () => {
    e = await openEnrolment(db());
  });
  const rules = (changes: Partial<typeof mailRulesDefaults> = {}) => {
    const wide = { address_hour: 50, user_hour: 50, user_day: 50 };
    return changeRules(e.deps, mailRules, anna.actor, null, { ...mailRulesDefaults, ...wide, ...changes });
  };
  const lastMail = () => e.deps.mailed.at(-1)?.message;
  const codeOf = () => /: ([0-9]{6})\./.exec(lastMail()?.text.reveal() ?? '')?.[1] ?? '';
  const other = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0');
  const refusal = (code: string): unknown => expect.objectContaining({ code });
  const median = (times: readonly number[]) => times.toSorted((a, b) => a - b)[times.length >> 1] ?? 0;

  test('the address says who it is, however its letters are; the code says it is so', async () => {
    await rules();
    const application = await e.application(['email_code'], { name: 'VPN' });
    await e.user(application, { email: 'Alice@Example.com' });
    const phone = await e.phone(application);
    expect((await phone.begin()).next).toMatchObject({
      kind: 'email_code',
      needs_address: true,
      sent_to: null,
    });
    const asked = await phone.give({ kind: 'email_code', address: ' alice@EXAMPLE.com ' });
    expect(asked).toMatchObject({ user: null, next: { needs_address: false, sent_to: 'a…@example.com' } });
    expect(lastMail()).toMatchObject({
      to: 'alice@example.com',
      fromName: 'VPN',
      subject: 'Your code for VPN',
    });
    expect(lastMail()?.subject).not.toContain(codeOf());
    const wrong = { kind: 'email_code', code: other(codeOf()) } as const;
    await expect(phone.give(wrong)).rejects.toEqual(refusal('step_not_accepted'));
    expect(await phone.give({ kind: 'email_code', code: codeOf() })).toMatchObject({
      may_complete: true,
      user: { username: 'alice' },
    });
    await phone.complete();
    const steps = JSON.stringify(await e.show(phone.id));
    expect(steps).not.toContain(codeOf());
    expect(steps).not.toMatch(/alice@example/i);
  });

  test('after credentials and SMS: to the user’s own address; two codes at once are two', async () => {
    const application = await e.application(['simple_credentials', 'email_code']);
    await e.user(application, { email: 'own@example.com', password: 'lantern orchid' });
    await e.user(application, { username: 'mallory', email: 'mallory@example.com' });
    const phone = await e.phone(application);
    await phone.begin();
    await phone.give({ kind: 'simple_credentials', username: 'alice', password: 'lantern orchid' });
    const before = e.deps.mailed.length;
    await phone.give({ kind: 'email_code', address: 'mallory@example.com' });
    expect(e.deps.mailed).toHaveLength(before);
    expect(await e.stepsOf(phone.id)).toContain('email_address_differs');
    const again = await e.phone(application);
    await again.begin();
    await again.give({ kind: 'simple_credentials', username: 'alice', password: 'lantern orchid' });
    await again.give({ kind: 'email_code' });
    expect(lastMail()?.to).toBe('own@example.com');
    expect((await again.give({ kind: 'email_code', code: codeOf() })).may_complete).toBe(true);
  });

  test('whoever has no such address is answered as one who has it, in words and in time', async () => {
    const application = await e.application(['email_code']);
    await e.user(application, { email: 'known@example.com' });
    await e.user(application, { username: 'disabled', email: 'disabled@example.com', enabled: 0 });
    await e.user(application, { username: 'one', email: 'shared@example.com' });
    await e.user(application, { username: 'two', email: 'SHARED@example.com' });
    const names = ['known', 'disabled', 'shared', 'nobody'];
    const answers = new Map<string, Set<string>>();
    const times = new Map<string, number[]>();
    const before = e.deps.mailed.length;
    for (let round = 0; round < 7; round += 1)
      for (const name of names) {
        const phone = await e.phone(application, { address: `198.51.100.${round}` });
        await phone.begin();
        e.deps.clock.at += 60_000;
        const began = performance.now();
        const { next } = await phone.give({ kind: 'email_code', address: `${name}@example.com` });
        times.set(name, [...(times.get(name) ?? []), performance.now() - began]);
        const wrong = await phone
          .give({ kind: 'email_code', code: other(codeOf()) })
          .catch((error: Error) => error.message);
        const said = JSON.stringify([{ ...next, sent_to: '', code_until: 0, resend_at: 0 }, wrong]);
        answers.set(name, (answers.get(name) ?? new Set()).add(said));
      }
    expect(new Set([...answers.values()].flatMap((each) => [...each])).size).toBe(1);
    expect(e.deps.mailed).toHaveLength(before + 7);
    const medians = names.map((name) => median(times.get(name) ?? []));
    expect(Math.min(...medians)).toBeGreaterThan(Math.max(...medians) / 4);
  });

  test('limits: of the address told, of the user silent', async () => {
    e.deps.clock.at += 2 * 86_400_000;
    await rules({ address_hour: 1 });
    const application = await e.application(['email_code']);
    await e.user(application, { email: 'limit@example.com' });
    const ask = async () => {
      const phone = await e.phone(application);
      await phone.begin();
      await phone.give({ kind: 'email_code', address: 'limit@example.com' });
      return phone.id;
    };
    await ask();
    await expect(ask()).rejects.toEqual(refusal('step_not_accepted'));
    await rules({ user_hour: 1 });
    const before = e.deps.mailed.length;
    expect(await e.stepsOf(await ask())).toContain('email_user_limit');
    expect(e.deps.mailed).toHaveLength(before);
  });

  test('what is no address, or tries to be more than one, is refused; the administrator reads why', async () => {
    await rules();
    const application = await e.application(['email_code']);
    const addresses = [
      'nobody',
      'a@example.com,b@example.com',
      'a@example.com\r\nRCPT TO:<eve@evil.example>',
      '"a\r\n"@example.com',
      '<a@example.com>',
      'ü@example.com',
      '\u212aelvin@example.com',
      "a' or '1'='1@example.com or 1",
    ];
    for (const address of addresses) {
      const phone = await e.phone(application);
      await phone.begin();
      await expect(phone.give({ kind: 'email_code', address })).rejects.toEqual(refusal('step_not_accepted'));
      expect(await e.stepsOf(phone.id)).toContain('email_address_wrong');
      await expect(phone.give({ kind: 'email_code' })).rejects.toEqual(refusal('step_not_accepted'));
      await expect(phone.give({ kind: 'email_code', code: '123456' })).rejects.toEqual(
        refusal('step_not_accepted'),
      );
      const steps = await e.stepsOf(phone.id);
      for (const code of ['email_address_missing', 'email_code_none']) expect(steps).toContain(code);
    }
  });

  test('how the sending ended stands among the steps', async () => {
    const application = await e.application(['email_code']);
    await e.user(application, { email: 'sent@example.com' });
    const phone = await e.phone(application);
    await phone.begin();
    await phone.give({ kind: 'email_code', address: 'sent@example.com' });
    await e.deps.mailed.at(-1)?.ended?.({ gateway: 'relay', failure: 'refused', detail: '554 5.7.1' });
    const { steps } = await e.show(phone.id);
    expect(steps.map(({ text }) => text)).toContain(
      'No mail gateway took the message: It refused. 554 5.7.1',
    );
  });
});
