// Each kind of requirement: what meets it, what does not, and what the administrator reads about it.
import { createHash } from 'node:crypto';
import { pictureOf, pictureText } from '@countersign/contract/picture.ts';
import { beforeAll, describe, expect, test } from 'vitest';
import { plantOwnerWithPhoneOf } from '#core/audit/administration.test-support.ts';
import { guessOf } from '#core/throttles/login-failures.ts';
import { userKey } from '#core/throttles/name-guess.ts';
import { auditOf } from '#core/devices/devices.test-support.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { createOnboardingLink } from './create-onboarding-link.ts';
import { decideProcess } from './decide-process.ts';
import { anna, credentials, directoryUser, type Enrolment, openEnrolment } from './enrolment.test-support.ts';
import { inspectTicket } from './inspect-ticket.ts';
import { onboardDevice } from './onboard-device.ts';

const { password } = credentials;
const problem = (code: string): unknown => expect.objectContaining({ code });

onBothDatabases('kinds of requirements', (db) => {
  let it: Enrolment;
  beforeAll(async () => {
    it = await openEnrolment(db());
  });
  const textsOf = async (id: string) => (await it.show(id)).steps.map(({ text }) => text);

  describe('user name and password', () => {
    test('any spelling of the name; the wrong one, no password and a disabled user get one answer', async () => {
      const { application, phone } = await it.begun('simple_credentials');
      await it.user(application, { password });
      await it.user(application, { username: 'nobody' });
      await it.user(application, { username: 'disabled', password, enabled: 0 });
      it.say();
      const refusals = [
        { ...credentials, password: 'other' },
        { ...credentials, username: 'unknown' },
        { ...credentials, username: 'nobody' },
        { ...credentials, username: 'disabled' },
        { ...credentials, username: '\u0000' },
      ];
      for (const input of refusals)
        await expect(phone.give(input)).rejects.toEqual(problem('step_not_accepted'));
      expect(await it.stepsOf(phone.id)).toEqual(
        expect.arrayContaining(['password_wrong', 'user_not_found', 'no_password', 'user_disabled']),
      );
      expect(JSON.stringify(await it.show(phone.id))).not.toContain('other');
      expect((await phone.give({ ...credentials, username: ' ALICE ' })).may_complete).toBe(true);
    });

    test('guesses are counted together with those at the doors', async () => {
      const { application, phone } = await it.begun('simple_credentials');
      await it.user(application, { password });
      for (let i = 0; i < 40; i += 1)
        it.deps.throttles.failures.failed(
          guessOf(userKey({ applicationId: application.id, username: 'ALICE' }), '198.51.100.7', 'rcl_any'),
        );
      await expect(phone.give(credentials)).rejects.toEqual(problem('step_not_accepted'));
      expect(await it.stepsOf(phone.id)).toContain('throttled');
      it.deps.clock.at += 3_600_000;
    });

    test('a user of a source is created with what the source knows, and refreshed the next time', async () => {
      const { application, phone } = await it.begun('simple_credentials');
      it.say(
        { kind: 'not_found', tried: 'dora' },
        { kind: 'unavailable', detail: 'dc1 does not answer' },
        { kind: 'found', user: directoryUser() },
      );
      const dora = { ...credentials, username: 'dora@corp.example.com' };
      await phone.give(dora);
      await phone.complete();
      const find = () =>
        db().read.selectFrom('users').selectAll().where('application_id', '=', application.id).execute();
      const [made] = await find();
      expect(made).toMatchObject({
        username: 'dora',
        full_name: 'Dora Directory',
        email: 'dora@example.com',
        phone: '+491701234567',
        external_guid: directoryUser().guid,
        password_hash: null,
      });
      expect(await auditOf(it.deps, made?.id ?? '')).toEqual(['user.created']);
      expect(await textsOf(phone.id)).toEqual(
        expect.arrayContaining([
          'User source “directory 1” could not be asked: dc1 does not answer.',
          'User “dora” was created from user source “directory 2”.',
        ]),
      );
      // Renamed and moved: the id of the directory decides.
      await db().write((tx) =>
        tx
          .updateTable('devices')
          .set({ revoked_at: 1 })
          .where('user_id', '=', made?.id ?? '')
          .execute(),
      );
      const renamed = { username: 'dora.new', login_names: ['dora.new', 'dora@corp.example.com'] };
      it.say({
        kind: 'found',
        user: directoryUser({ ...renamed, phone: 'none', teams: ['Root'] }),
      });
      const again = await it.phone(application);
      await again.begin();
      await again.give(dora);
      const after = await find();
      expect(after).toHaveLength(1);
      expect(after[0]).toMatchObject({ id: made?.id, username: 'dora.new', phone: '' });
      expect((await it.stepsOf(again.id)).includes('user_refreshed')).toBe(true);
    });

    test('teams are those of groups read anew; where that cannot be done, nothing is kept', async () => {
      const { application, phone } = await it.begun('simple_credentials');
      const find = () =>
        db()
          .read.selectFrom('team_members as m')
          .innerJoin('users as u', 'u.id', 'm.user_id')
          .innerJoin('teams as t', 't.id', 'm.team_id')
          .select('t.name')
          .where('u.application_id', '=', application.id)
          .execute();
      it.say({ kind: 'found', user: directoryUser({ teams: [] }) });
      it.sayAnew({ kind: 'unavailable', detail: 'dc1 is gone' });
      await expect(phone.give({ ...credentials, username: 'dora' })).rejects.toEqual(
        problem('step_not_accepted'),
      );
      expect((await textsOf(phone.id)).at(-1)).toContain('could not be asked: dc1 is gone');
      it.sayAnew({ kind: 'found', user: directoryUser({ teams: ['Moved'] }) });
      await phone.give({ ...credentials, username: 'dora' });
      expect(await find()).toEqual([{ name: 'Moved' }]);
      it.say();
    });

    test('a source that cannot be asked lets in whom its credential cache knows, as the user is here', async () => {
      const { application, phone } = await it.begun('simple_credentials');
      const user = await it.user(application, { username: 'dora', external_guid: 'dora' });
      it.say({ kind: 'cached', userId: user.id, username: 'dora', keptAt: 0, cause: 'nobody is there' });
      expect(await phone.give({ ...credentials, username: 'dora' })).toMatchObject({ may_complete: true });
      expect((await textsOf(phone.id)).join('\n')).toContain(
        'could not be asked (nobody is there); the password was accepted from the credential cache, kept at 1970-01-01T00:00:00.000Z',
      );
    });

    test('a source takes nobody’s place, lets no disabled user in, and its refusals are silent', async () => {
      const { application, phone } = await it.begun('simple_credentials');
      await it.user(application, { username: 'dora', password });
      await it.user(application, { username: 'erik', external_guid: 'another' });
      await it.user(application, { username: 'fred', external_guid: 'fred', enabled: 0 });
      const tries = [
        { kind: 'found', user: directoryUser() },
        { kind: 'found', user: directoryUser({ username: 'erik' }) },
        { kind: 'found', user: directoryUser({ username: 'fred', guid: 'fred' }) },
        { kind: 'found', user: directoryUser({ username: '\u200b' }) },
        { kind: 'refused', reason: 'account_locked', user: null },
      ] as const;
      for (const answer of tries) {
        it.say(answer);
        await expect(
          phone.give({ ...credentials, username: `${answer.user?.username ?? 'x'}@corp` }),
        ).rejects.toEqual(problem('step_not_accepted'));
      }
      expect(await it.stepsOf(phone.id)).toEqual(
        expect.arrayContaining(['user_of_another', 'user_disabled', 'source_refused']),
      );
      expect((await textsOf(phone.id)).at(-1)).toContain('The account is locked');
      const users = await db()
        .read.selectFrom('users')
        .selectAll()
        .where('application_id', '=', application.id)
        .execute();
      expect(users).toHaveLength(3);
      it.say();
    });
  });

  describe('onboarding link', () => {
    const ticketFor = async (userId: string) => {
      const made = await createOnboardingLink(it.deps, anna.actor, null, { user_id: userId }, 'everything');
      return made.link.slice(made.link.indexOf('#') + 1);
    };

    test('is used up as it is met; of another application, used or unknown it is not accepted', async () => {
      const { application, phone } = await it.begun('activation_link', 'administrator_approval');
      const user = await it.user(application);
      const foreign = await it.user(await it.application(['activation_link']), { username: 'foreign' });
      const ticket = await ticketFor(user.id);
      const unknown = `cso_${'A'.repeat(43)}`;
      for (const wrong of [unknown, await ticketFor(foreign.id)])
        await expect(phone.give({ kind: 'activation_link', ticket: wrong })).rejects.toEqual(
          problem('step_not_accepted'),
        );
      const met = await phone.give({ kind: 'activation_link', ticket });
      expect(met).toMatchObject({ user: { username: 'alice' }, next: { kind: 'administrator_approval' } });
      await expect(inspectTicket(it.deps, { ticket })).rejects.toEqual(problem('ticket_unknown'));
    });

    test('alone it binds at once, as it always did; with more it says so and stays good', async () => {
      const { application } = await it.begun('activation_link', 'simple_credentials');
      const user = await it.user(application, { password });
      const ticket = await ticketFor(user.id);
      expect((await inspectTicket(it.deps, { ticket })).requirements).toHaveLength(2);
      const phone = await it.phone(application);
      const key = { jwk: phone.own.signing, useUp: async () => {} };
      const binding = {
        ticket,
        certificate_request: '',
        encryption_key: phone.own.encryption,
        device: { name: 'P', platform: '', app_version: '' },
      };
      await expect(onboardDevice(it.deps, key, binding)).rejects.toEqual(problem('more_required'));
      await phone.begin();
      await phone.give({ kind: 'activation_link', ticket });
      await phone.give(credentials);
      await phone.complete();
    });

    test('of another user than was met before, it stays unused', async () => {
      const { application, phone } = await it.begun('simple_credentials', 'activation_link');
      await it.user(application, { password });
      const other = await it.user(application, { username: 'bob' });
      const ticket = await ticketFor(other.id);
      await phone.give(credentials);
      await expect(phone.give({ kind: 'activation_link', ticket })).rejects.toEqual(
        problem('step_not_accepted'),
      );
      expect((await it.stepsOf(phone.id)).at(-1)).toBe('user_differs');
      expect((await inspectTicket(it.deps, { ticket })).user.username).toBe('bob');
    });
  });

  describe('in person', () => {
    test('phone and console draw the same picture; approved, “try again” completes', async () => {
      const { application, phone } = await it.begun('manual');
      const user = await it.user(application);
      expect((await phone.look()).next).toMatchObject({ needs_username: true, picture_seed: null });
      const waiting = await phone.give({ kind: 'manual', username: ' alice ' });
      if (waiting.next?.kind !== 'manual') throw new Error('expected to wait in person');
      const { picture_seed: seed, state } = waiting.next;
      expect(state).toBe('waiting');
      const own = createHash('sha256')
        .update(pictureText(seed ?? '', phone.thumbprint))
        .digest();
      const shown = await it.show(phone.id);
      expect(shown).toMatchObject({
        picture: own.toString('base64url'),
        waits_for: 'administrator',
        username: 'alice',
        user_id: null,
        candidate: { id: user.id, device_count: 0, enabled: true },
      });
      expect(pictureOf(Buffer.from(shown.picture ?? '', 'base64url'))).toEqual(pictureOf(own));
      expect((await phone.look()).user).toBeNull();
      await it.approve(phone.id, user.id);
      expect(await phone.look()).toMatchObject({ may_complete: true, user: { username: 'alice' } });
      await phone.complete();
      expect(await auditOf(it.deps, phone.id)).toEqual(['onboarding.approved']);
      expect((await it.show(phone.id)).picture).toBeNull();
    });

    test('another process of another key has another picture', async () => {
      const { application, phone } = await it.begun('manual');
      await phone.give({ kind: 'manual', username: 'alice' });
      const pictures = new Set([(await it.show(phone.id)).picture]);
      for (let i = 0; i < 8; i += 1) {
        const other = await it.phone(application, { address: `203.0.113.${i}` });
        await other.begin();
        await other.give({ kind: 'manual', username: 'alice' });
        pictures.add((await it.show(other.id)).picture);
      }
      expect(pictures.size).toBe(9);
    });

    test('whatever is given for a name can be shown and kept', async () => {
      const { phone } = await it.begun('manual');
      await phone.give({ kind: 'manual', username: `a\u0000b\u202e${'x'.repeat(300)}` });
      const { username } = await it.show(phone.id);
      expect([...username]).toHaveLength(255);
      expect(username).toMatch(/^a\ufffdb\ufffdx+…$/);
    });

    test('refused with a reason, which the device shows', async () => {
      const { phone } = await it.begun('manual');
      await phone.give({ kind: 'manual', username: 'nobody at all' });
      const refused = await decideProcess(it.deps, anna, null, phone.id, {
        decision: 'refuse',
        reason: 'I do not know you',
      });
      expect(refused).toMatchObject({ status: 'refused', ending: 'refused_by_administrator' });
      expect(await phone.look()).toMatchObject({
        status: 'refused',
        refusal: 'I do not know you',
        next: null,
      });
      expect(await auditOf(it.deps, phone.id)).toEqual(['onboarding.refused']);
    });

    test('whoever approves names the user that was seen; one of elsewhere or disabled is refused', async () => {
      const { application, phone } = await it.begun('manual');
      const alice = await it.user(application);
      const off = await it.user(application, { username: 'off', enabled: 0 });
      const elsewhere = await it.user(await it.application(['manual']), { username: 'elsewhere' });
      await phone.give({ kind: 'manual', username: 'mallory' });
      await expect(it.approve(phone.id, elsewhere.id)).rejects.toEqual(problem('invalid_request'));
      await expect(it.approve(phone.id, off.id)).rejects.toEqual(problem('user_disabled'));
      // The person mistyped the name; the administrator knows who it is.
      await it.approve(phone.id, alice.id);
      expect((await phone.look()).user).toMatchObject({ username: 'alice' });
      await expect(it.approve(phone.id, alice.id)).rejects.toEqual(problem('out_of_order'));
    });

    test('a name must be given where nothing says who it is, and none is needed later', async () => {
      const { application, phone } = await it.begun('simple_credentials', 'manual');
      await it.user(application, { password });
      await phone.give(credentials);
      expect((await phone.give({ kind: 'manual' })).next).toMatchObject({ needs_username: false });
      const first = await it.begun('manual');
      await expect(first.phone.give({ kind: 'manual' })).rejects.toEqual(problem('step_not_accepted'));
    });

    test('whose phone signs an administrator in is nobody’s to give but an owner’s', async () => {
      const { application, phone } = await it.begun('manual');
      const user = await it.user(application);
      await plantOwnerWithPhoneOf(db(), user.id);
      await phone.give({ kind: 'manual', username: 'alice' });
      const helpdesk = { ...anna, grantor: { scopes: ['users', 'devices'], applicationId: null } } as const;
      const decision = { decision: 'approve', user_id: user.id } as const;
      await expect(decideProcess(it.deps, helpdesk, null, phone.id, decision)).rejects.toEqual(
        problem('forbidden'),
      );
      await decideProcess(it.deps, anna, null, phone.id, decision);
    });
  });
});
