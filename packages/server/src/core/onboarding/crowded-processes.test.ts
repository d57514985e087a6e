// Onboarding processes of which several do something at once, and more than may be.
import { beforeAll, describe, expect, test } from 'vitest';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { Problem } from '#platform/problem.ts';
import { createOnboardingLink } from './create-onboarding-link.ts';
import { decideProcess } from './decide-process.ts';
import { destroyProcess } from './destroy-process.ts';
import { anna, credentials, type Enrolment, openEnrolment, phoneOf } from './enrolment.test-support.ts';
import { onboardingLimits } from './onboarding-throttles.ts';

const codeOf = (error: unknown) => (error instanceof Problem ? error.code : String(error));

onBothDatabases('onboarding processes in a crowd', (db) => {
  let it: Enrolment;
  beforeAll(async () => {
    it = await openEnrolment(db());
  });
  const devicesOf = (userId: string) =>
    db().read.selectFrom('devices').selectAll().where('user_id', '=', userId).execute();

  describe('at once', () => {
    test('two finishes make one device, and both get it', async () => {
      const { application, user, phone } = await it.withPassword();
      await phone.begin();
      await phone.give(credentials);
      const twin = phoneOf(it.deps, application, phone.own);
      twin.take(phone.id);
      const ends = await Promise.all([phone.complete(), twin.complete(), phone.complete()]);
      expect(new Set(ends.map(({ device_id }) => device_id)).size).toBe(1);
      expect(await devicesOf(user.id)).toHaveLength(1);
      // And whoever lost the answer asks again, later.
      expect((await phone.complete()).certificate).toBe(ends[0]?.certificate);
      const { encryption_key } = { encryption_key: { ...phone.own.signing, d: undefined } };
      await expect(
        phone.complete({
          encryption_key: { kty: 'EC', crv: 'P-256', x: encryption_key.x, y: encryption_key.y },
        }),
      ).rejects.toBeInstanceOf(Problem);
    });

    test('destroyed while it is finished: a device, or none, never half', async () => {
      for (let round = 0; round < 6; round += 1) {
        const { user, phone } = await it.withPassword();
        await phone.begin();
        await phone.give(credentials);
        const [finish, destroy] = await Promise.allSettled([
          phone.complete(),
          destroyProcess(it.deps, anna, null, phone.id),
        ]);
        const { status } = await it.show(phone.id);
        expect([finish.status, destroy.status].filter((each) => each === 'fulfilled')).toHaveLength(1);
        expect(status).toBe(finish.status === 'fulfilled' ? 'completed' : 'destroyed');
        expect(await devicesOf(user.id)).toHaveLength(status === 'completed' ? 1 : 0);
      }
    });

    test('two right steps move it once', async () => {
      const { phone } = await it.withPassword(['simple_credentials', 'administrator_approval']);
      await phone.begin();
      const both = await Promise.all([
        phone.give(credentials).catch(codeOf),
        phone.give(credentials).catch(codeOf),
      ]);
      for (const each of both)
        expect(typeof each === 'string' ? each : each.next?.kind).toMatch(
          /^(?:administrator_approval|out_of_order)$/,
        );
      expect((await it.stepsOf(phone.id)).filter((code) => code === 'met')).toHaveLength(1);
    });

    test('approved and refused: one decision holds', async () => {
      const { user, phone } = await it.withPassword(['simple_credentials', 'administrator_approval']);
      await phone.begin();
      await phone.give(credentials);
      await phone.give({ kind: 'administrator_approval' });
      const decisions = await Promise.allSettled([
        it.approve(phone.id, user.id),
        decideProcess(it.deps, anna, null, phone.id, { decision: 'refuse', reason: 'no' }),
      ]);
      const { status, position } = { ...(await it.show(phone.id)), position: 0 };
      expect(position).toBe(0);
      // Refusing wins over an approval that was a moment earlier; never the other way round.
      const refused = decisions[1].status === 'fulfilled';
      expect(status).toBe(refused ? 'refused' : 'open');
    });

    test('one link used by two processes meets one of them', async () => {
      const application = await it.application(['activation_link', 'administrator_approval']);
      const user = await it.user(application);
      const [one, two] = [await it.phone(application), await it.phone(application)];
      const { link } = await createOnboardingLink(
        it.deps,
        anna.actor,
        null,
        { user_id: user.id },
        'everything',
      );
      const ticket = link.slice(link.indexOf('#') + 1);
      await Promise.all([one.begin(), two.begin()]);
      const answers = await Promise.allSettled(
        [one, two].map((phone) => phone.give({ kind: 'activation_link', ticket })),
      );
      expect(answers.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    });
  });

  describe('limits', () => {
    test('one phone, one address, one application may try so often', async () => {
      const { application, phone } = await it.withPassword(['manual']);
      await phone.begin();
      const { at } = it.deps.clock;
      const clock = it.deps.clock;
      const given: string[] = [];
      for (let i = 0; i <= onboardingLimits.process.burst; i += 1) {
        const before = clock.at;
        given.push(await phone.give({ kind: 'manual', username: 'alice' }).then(() => 'ok', codeOf));
        clock.at = before;
      }
      expect(given.at(-1)).toBe('too_many_requests');
      expect(given.filter((each) => each === 'ok')).toHaveLength(onboardingLimits.process.burst);
      clock.at = at;
      const begun: string[] = [];
      for (let i = 0; i <= onboardingLimits.begunBySource.burst; i += 1) {
        const other = await it.phone(application, { address: '203.0.113.77' });
        const before = clock.at;
        begun.push(await other.begin().then(() => 'ok', codeOf));
        clock.at = before;
      }
      expect(begun.at(-1)).toBe('too_many_requests');
      expect(begun.filter((each) => each === 'ok')).toHaveLength(onboardingLimits.begunBySource.burst);
    });

    test('strangers from one address cannot fill the list of those who wait', async () => {
      const { application } = await it.withPassword(['manual']);
      const codes: string[] = [];
      for (let i = 0; i < 21; i += 1) {
        const stranger = await it.phone(application, { address: '203.0.113.99' });
        await stranger.begin();
        codes.push(await stranger.give({ kind: 'manual', username: `name ${i}` }).then(() => 'ok', codeOf));
      }
      expect(codes.filter((code) => code === 'ok')).toHaveLength(20);
      expect(codes.at(-1)).toBe('step_not_accepted');
      const elsewhere = await it.phone(application, { address: '203.0.113.98' });
      await elsewhere.begin();
      expect((await elsewhere.give({ kind: 'manual', username: 'alice' })).next).toMatchObject({
        state: 'waiting',
      });
    });

    test('the steps of one process stay bounded', async () => {
      const { phone } = await it.withPassword();
      await phone.begin();
      for (let i = 0; i < 600; i += 1) {
        it.deps.clock.at += 1;
        await db().write(async (tx) => {
          const { changeProcess } = await import('./process-store.ts');
          const steps = `${JSON.stringify([1, 'system', 'resumed', { address: 'x'.repeat(200) }])}\n`;
          await changeProcess(tx, { id: phone.id, position: 0 }, { set: {}, steps, now: 2 });
        });
      }
      const row = await db()
        .read.selectFrom('onboarding_processes')
        .select('steps')
        .where('id', '=', phone.id)
        .executeTakeFirstOrThrow();
      expect(row.steps.length).toBeLessThan(31_000);
    });
  });
});
