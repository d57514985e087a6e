// A device that is too new: asked nothing, approves nothing, and the administrator reads why. With real keys, on both databases.
import { beforeAll, expect, test } from 'vitest';
import { beginLogin } from '#core/authentication/begin-login.ts';
import { never, passes } from '#core/authentication/login.test-support.ts';
import { plantOwnerWithPhoneOf, standingOf } from '#core/audit/administration.test-support.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { answerChallenge } from './answer-challenge.ts';
import { endCoolDown } from './end-cool-down.ts';
import { openPhones, type Phone, type Phones } from './phones.test-support.ts';

onBothDatabases('the cool-down of a new device', (db) => {
  let it: Phones;
  beforeAll(async () => {
    it = await openPhones(db());
  });
  const cool = (id: string, until: number) =>
    db().write((tx) =>
      tx.updateTable('devices').set({ approves_from: until }).where('id', '=', id).execute(),
    );
  const cooling = (phone: Phone, until: number): Phone => ({
    ...phone,
    device: { ...phone.device, approvesFrom: until },
  });
  const logIn = (username: string) =>
    beginLogin(it.engine.deps, it.engine.login(username), { firstFactor: passes, signal: never });

  test('where it is the only one the login is refused for that reason, until an administrator ends it', async () => {
    const phone = await it.newPhone();
    await cool(phone.device.id, it.engine.clock.now() + 1000);
    expect(await logIn(phone.username)).toMatchObject({ kind: 'rejected', reason: 'device_cooling' });
    const ended = await endCoolDown(it.engine.deps, { kind: 'console' }, null, phone.device.id, 'everything');
    expect(ended.approves_from).toBe(it.engine.clock.now());
    expect((await logIn(phone.username)).kind).toBe('asked');
    // A second time there is nothing to end.
    const again = await endCoolDown(it.engine.deps, { kind: 'console' }, null, phone.device.id, 'everything');
    expect(again.approves_from).toBe(ended.approves_from);
    await expect(
      endCoolDown(it.engine.deps, { kind: 'console' }, 'app_other', phone.device.id, 'everything'),
    ).rejects.toEqual(expect.objectContaining({ code: 'not_found' }));
  });

  test('of a phone that signs an administrator in, it is ended by nobody of a lesser role', async () => {
    const phone = await it.newPhone();
    await cool(phone.device.id, it.engine.clock.now() + 1000);
    await plantOwnerWithPhoneOf(db(), phone.device.user.id);
    const helpdesk = { scopes: ['devices'], applicationId: null } as const;
    const actor = { kind: 'administrator', id: 'adm_helpdesk' } as const;
    await expect(endCoolDown(it.engine.deps, actor, null, phone.device.id, helpdesk)).rejects.toEqual(
      expect.objectContaining({ code: 'forbidden' }),
    );
    expect(await logIn(phone.username)).toMatchObject({ reason: 'device_cooling' });
  });

  test('beside an older one it is not asked; its answer counts for nothing, whatever it believes', async () => {
    const phone = await it.newPhone();
    const other = await it.engine.newUser({ devices: 1 });
    await db().write((tx) =>
      tx
        .updateTable('devices')
        .set({ user_id: phone.device.user.id })
        .where('user_id', '=', other.id)
        .execute(),
    );
    const until = it.engine.clock.now() + 60_000;
    await cool(phone.device.id, until);
    const { requestId } = await it.ask(phone.username);
    expect((await standingOf(db(), requestId)).steps).toContain('devices_cooling');
    expect(await it.pendingOn(cooling(phone, until))).toEqual([]);
    const answer = await it.answer(phone, 'approve');
    await expect(answerChallenge(it.deps, cooling(phone, until).device, answer)).rejects.toEqual(
      expect.objectContaining({ code: 'challenge_unknown' }),
    );
    // Read before the cool-down was written: the database has the last word.
    await expect(answerChallenge(it.deps, phone.device, answer)).rejects.toEqual(
      expect.objectContaining({ code: 'challenge_decided' }),
    );
    expect((await standingOf(db(), requestId)).request.status).toBe('pending');
    await cool(phone.device.id, it.engine.clock.now());
    expect(await answerChallenge(it.deps, phone.device, answer)).toEqual({ status: 'approved' });
  });
});
