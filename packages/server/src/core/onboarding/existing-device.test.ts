// The requirement of a device that the user already has: it must agree, or an administrator decides in its place.
import { beforeAll, describe, expect, test } from 'vitest';
import { plantOwnerWithPhoneOf } from '#core/audit/administration.test-support.ts';
import { closeAuthRequest } from '#core/approvals/close-auth-request.ts';
import { wakeAbout } from '#core/approvals/topics.ts';
import { closeExpired } from '#core/authentication/close-expired.ts';
import { addDevice } from '#core/devices/devices.test-support.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { credentials, type Enrolment, openEnrolment } from './enrolment.test-support.ts';

const { password } = credentials;
const problem = (code: string): unknown => expect.objectContaining({ code });

onBothDatabases('a device that the user already has', (db) => {
  let it: Enrolment;
  beforeAll(async () => {
    it = await openEnrolment(db());
  });
  describe('a device that the user already has', () => {
    const withOldPhone = async () => {
      const application = await it.application(['simple_credentials'], { device_limit: 3 });
      const user = await it.user(application, { password });
      const thumbprint = `old ${user.id}`;
      await addDevice(it.deps, user.id, undefined, {
        key_thumbprint: thumbprint,
        certificate_serial: user.id,
      });
      const phone = await it.phone(application);
      await phone.begin();
      await phone.give(credentials);
      return { application, user, phone };
    };
    const askedOf = async (userId: string) => {
      const rows = await db()
        .read.selectFrom('auth_requests')
        .selectAll()
        .where('user_id', '=', userId)
        .where('status', '=', 'pending')
        .execute();
      expect(rows).toHaveLength(1);
      return rows[0]?.id ?? '';
    };
    const end = async (id: string, status: 'approved' | 'denied', reason: 'denied_by_user' | null) => {
      const closed = await it.deps.db.write((tx) =>
        closeAuthRequest(tx, it.deps, {
          authRequestId: id,
          ending: { status, reason },
          actor: { kind: 'system' },
          step: { code: status },
        }),
      );
      wakeAbout(it.deps.bus, { id, userId: closed?.userId ?? null });
    };

    test('is demanded of a user who has one, and approves by the number', async () => {
      const { user, phone } = await withOldPhone();
      expect(await phone.look()).toMatchObject({
        may_complete: false,
        next: { kind: 'existing_device', alternatives: ['administrator_approval'], number: null },
      });
      const asked = await phone.give({ kind: 'existing_device' });
      if (asked.next?.kind !== 'existing_device') throw new Error('expected the old device to be asked');
      expect(asked.next.number).toMatch(/^\d{2}$/);
      const row = await db()
        .read.selectFrom('onboarding_processes')
        .selectAll()
        .where('id', '=', phone.id)
        .executeTakeFirstOrThrow();
      expect(JSON.stringify(row)).not.toContain(`"${asked.next.number ?? ''}"`);
      const id = await askedOf(user.id);
      expect(await phone.look()).toMatchObject({ next: { state: 'waiting' } });
      await end(id, 'approved', null);
      const [one, two] = await Promise.all([phone.look(), phone.look()]);
      expect([one.may_complete, two.may_complete]).toEqual([true, true]);
      expect((await it.stepsOf(phone.id)).filter((code) => code === 'device_approved')).toHaveLength(1);
      await phone.complete();
    });

    test('asked anew, only the newest question counts', async () => {
      const { user, phone } = await withOldPhone();
      await phone.give({ kind: 'existing_device' });
      const first = await askedOf(user.id);
      await phone.give({ kind: 'existing_device' });
      const second = await askedOf(user.id);
      expect(second).not.toBe(first);
      await end(second, 'approved', null);
      expect((await phone.look()).may_complete).toBe(true);
    });

    test('denied there, it is over; not answered, it may be asked again', async () => {
      const { user, phone } = await withOldPhone();
      await phone.give({ kind: 'existing_device' });
      it.deps.clock.at += 61_000;
      await closeExpired(it.deps);
      expect((await phone.look()).next).toMatchObject({ state: 'input', number: null });
      await phone.give({ kind: 'existing_device' });
      await end(await askedOf(user.id), 'denied', 'denied_by_user');
      expect(await phone.look()).toMatchObject({ status: 'refused', ending: 'refused_on_device' });
      await expect(phone.complete()).rejects.toEqual(problem('process_ended'));
    });

    test('lost, an administrator decides in its place', async () => {
      const { user, phone } = await withOldPhone();
      expect((await phone.give({ kind: 'administrator_approval' })).next).toMatchObject({ state: 'waiting' });
      expect((await it.show(phone.id)).picture).toBeNull();
      await it.approve(phone.id, user.id);
      expect((await phone.look()).may_complete).toBe(true);
      expect((await it.show(phone.id)).steps.map(({ group, code }) => `${group} ${code}`)).toContain(
        'administrator_approval approved_by',
      );
    });

    test('for a user whose phone signs an administrator in, one must agree though there is no device', async () => {
      const { application, phone } = await it.begun('simple_credentials');
      const user = await it.user(application, { password });
      await plantOwnerWithPhoneOf(db(), user.id);
      expect((await phone.give(credentials)).next).toMatchObject({ kind: 'administrator_approval' });
    });
  });
});
