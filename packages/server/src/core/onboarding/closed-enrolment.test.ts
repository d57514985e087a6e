// Enrolment and logins are closed apart from each other: what is refused, what goes on, and what the audit trail tells of the tries.
import { beforeAll, expect, test } from 'vitest';
import { answerChallenge } from '#core/approvals/answer-challenge.ts';
import { openPhones, type Phones } from '#core/approvals/phones.test-support.ts';
import { getActivity } from '#core/authentication/auth-request-store.ts';
import { auditTrail } from '#core/audit/administration.test-support.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { createClosedAudit, EnrolmentClosed } from './enrolment-closed.ts';

const closed = (code: string): unknown => expect.objectContaining({ code });

onBothDatabases('closed', (db) => {
  let phones: Phones;
  beforeAll(async () => {
    phones = await openPhones(db());
  });
  const approve = async (phone: Awaited<ReturnType<Phones['newPhone']>>) => {
    return answerChallenge(phones.deps, phone.device, await phones.answer(phone, 'approve'));
  };

  test('an enrolment binds nothing, also by a link; a phone that is bound approves', async () => {
    const bound = await phones.newPhone();
    await phones.changeItsApplication({ enrolment: 'closed' });
    const { id } = phones.engine.application;
    await expect(phones.newPhone()).rejects.toEqual(
      expect.objectContaining({ code: 'enrolment_closed', applicationId: id }),
    );
    const asked = await phones.ask(bound.username);
    await approve(bound);
    expect(await getActivity(db().read, null, asked.requestId)).toMatchObject({ status: 'approved' });
    await phones.changeItsApplication({ enrolment: 'open' });
  });

  test('logins are refused while a phone is bound; what was asked before is approved no more', async () => {
    const bound = await phones.newPhone();
    await phones.ask(bound.username);
    const late = await phones.answer(bound, 'approve');
    await phones.changeItsApplication({ authorisation: 'closed' });
    await expect(answerChallenge(phones.deps, bound.device, late)).rejects.toEqual(
      closed('challenge_decided'),
    );
    await phones.newPhone();
    expect(await phones.engine.begin(bound.username)).toMatchObject({ reason: 'authorisation_closed' });
    await phones.changeItsApplication({ authorisation: 'open' });
    await phones.ask(bound.username);
    await approve(bound);
  });

  test('nor is what came to be asked in the moment in which logins were closed', async () => {
    const bound = await phones.newPhone();
    await phones.ask(bound.username);
    const set = (authorisation: 'open' | 'closed') =>
      db().write((tx) => tx.updateTable('applications').set({ authorisation }).execute());
    await set('closed');
    await expect(approve(bound)).rejects.toEqual(closed('challenge_decided'));
    await set('open');
  });

  test('tries are audited once a minute for each application, with how many they were', async () => {
    const { deps, clock, application } = phones.engine;
    const audit = createClosedAudit(deps, (error) => expect(error).toBeUndefined());
    const before = (await auditTrail(db())).length;
    for (let i = 0; i < 3; i++) await audit(new EnrolmentClosed(application.id));
    await audit(new EnrolmentClosed('app_other'));
    clock.turn(60_000);
    await audit(new EnrolmentClosed(application.id));
    expect((await auditTrail(db())).slice(before)).toMatchObject([
      { event: 'onboarding.closed', subject_id: application.id, actor_kind: 'system', data: { times: 1 } },
      { event: 'onboarding.closed', subject_id: 'app_other', data: { times: 1 } },
      { event: 'onboarding.closed', subject_id: application.id, data: { times: 3 } },
    ]);
  });
});
