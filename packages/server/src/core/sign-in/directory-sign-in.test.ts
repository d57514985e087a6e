// Members of groups of a directory sign in to the console: who, in which role, for how long, and who does not.
import { NewUserSource } from '@countersign/contract/user-source-models.ts';
import { expect, test } from 'vitest';
import { changeAdministratorDirectory } from '#core/administrator-directory/change-administrator-directory.ts';
import { lookUpAdministrator } from '#core/administrator-directory/look-up-administrator.ts';
import { goodPassword, makeAdministrator } from '#core/administrators/administrators.test-support.ts';
import { changeAdministrator } from '#core/administrators/change-administrator.ts';
import { deleteAdministrator } from '#core/administrators/delete-administrator.ts';
import { findSession, findSignedIn } from '#core/administrators/find-session.ts';
import { inviteAdministrator } from '#core/administrators/invite-administrator.ts';
import { changeOwnPassword, deleteOwnPasskey } from '#core/administrators/own-factors.ts';
import { deleteApplication } from '#core/applications/delete-application.ts';
import { actor, auditTrail } from '#core/audit/administration.test-support.ts';
import { changeUserSource } from '#core/user-sources/change-user-source.ts';
import { createUserSource } from '#core/user-sources/create-user-source.ts';
import { deleteUserSource } from '#core/user-sources/delete-user-source.ts';
import { person } from '#core/user-sources/memory-directory.test-support.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { createFindAdmitted } from './find-admitted.ts';
import { stepUpByPassword } from './step-up.ts';
import { directorySignIn, member, visit } from './directory-sign-in.test-support.ts';

const refused = { code: 'sign_in_refused' };
const minute = 60_000;

onBothDatabases('signing in by the directory', (db) => {
  const { clock, base, configure, begin, lastRefusal, find, sourceId, ownerId } = directorySignIn(db);

  test('a member comes in with the strongest role of the groups, to add a second factor and no more', async () => {
    const { signIn, deps } = begin(member('ada', 'helpdesk', { teams: ['auditor', 'helpdesk'] }));
    const { answer, token } = await signIn('ada');
    expect(answer).toMatchObject({ status: 'signed_in', session: { must_enrol: true } });
    expect(await findSignedIn(deps, token)).toMatchObject({ role: 'helpdesk', mustEnrol: true });
    expect(await find('ada')).toMatchObject({ kind: 'directory', role: 'helpdesk', has_password: false });
    const events = (await auditTrail(db())).slice(-2);
    expect(events[0]).toMatchObject({
      event: 'administrator.created',
      data: { username: 'ada', role: 'helpdesk', by: 'directory', source: 'Planet' },
    });
    expect(events[1]).toMatchObject({ event: 'session.started', data: { method: 'password' } });
  });

  test('whoever is no member is refused like anybody, and no password of theirs is tried', async () => {
    const { signIn, passwords, isDown } = begin(
      person('user'),
      member('gone', 'helpdesk', { enabled: false }),
      member('olga'),
      member('Bidi\u202e'),
    );
    const table = [
      ['user', 'not_in_group'],
      ['gone', 'directory_refused'],
      ['nobody', 'unknown_administrator'],
      // Has the name of a local administrator: the directory is never asked.
      ['olga', 'wrong_password'],
      ['Bidi\u202e', 'directory_refused'],
    ] as const;
    for (const [username, reason] of table) {
      await expect(signIn(username)).rejects.toMatchObject(refused);
      expect(await lastRefusal()).toMatchObject({ reason });
    }
    isDown(true);
    await expect(signIn('user')).rejects.toMatchObject(refused);
    expect(await lastRefusal()).toMatchObject({ reason: 'directory_unavailable', cause: 'nobody is there' });
    expect(passwords).toEqual([]);
    const typed = 'a password typed as name';
    await expect(signIn(typed)).rejects.toMatchObject(refused);
    expect(JSON.stringify(await auditTrail(db()))).not.toContain(typed);
  });

  test('another spelling does not lead to the account of a local administrator', async () => {
    const { signIn, passwords, directory } = begin();
    const olga = member('olga');
    directory.lookUp = async () => ({ kind: 'found', user: olga });
    await expect(signIn('CORP\\olga', 'password of olga')).rejects.toMatchObject(refused);
    expect(await lastRefusal()).toMatchObject({ reason: 'name_of_another', username: 'olga' });
    expect(passwords).toEqual([]);
  });

  test('a local name is asked for under no name, so that a slow directory does not tell it', async () => {
    const { signIn, directory } = begin();
    const names: string[] = [];
    const lookUp = directory.lookUp.bind(directory);
    directory.lookUp = (settings, name, signal) => {
      names.push(name);
      return lookUp(settings, name, signal);
    };
    await expect(signIn('olga', 'wrong')).rejects.toMatchObject(refused);
    await expect(signIn('nobody', 'wrong')).rejects.toMatchObject(refused);
    expect(names).toEqual([expect.stringMatching(/^nobody_.{20}/), 'nobody']);
    // The right one waits for no directory.
    await signIn('olga', goodPassword);
    expect(names).toHaveLength(2);
  });

  test('guesses at an account end before the directory locks it, whatever the spelling and however many at once', async () => {
    const { signIn, directory, passwords } = begin();
    const eve = member('eve');
    const answer = async () => ({ kind: 'found', user: eve }) as const;
    directory.lookUp = answer;
    directory.verify = async (_settings, name, password) => {
      passwords.push(name);
      return password.reveal() === 'right'
        ? { kind: 'found', user: eve }
        : { kind: 'refused', reason: 'wrong_password', user: eve };
    };
    const own = '203.0.113.9';
    await signIn('eve', 'right', own);
    passwords.length = 0;
    const spellings = ['eve', 'CORP\\eve', 'eve@corp.example.com', 'EVE', 'eve@example.com', 'eve '];
    const tries = Array.from({ length: 18 }, (_, at) =>
      signIn(spellings[at % spellings.length]!, 'wrong', `198.51.100.${at}`),
    );
    for (const each of await Promise.allSettled(tries)) expect(each.status).toBe('rejected');
    expect(passwords).toHaveLength(3);
    expect(await lastRefusal()).toMatchObject({ reason: 'too_many_failures' });
    // In half an hour no more than five.
    for (let at = 0; at < 30; at += 1) {
      clock.turn(minute);
      await expect(signIn('eve', 'wrong', `192.0.2.${at}`)).rejects.toMatchObject(refused);
    }
    expect(passwords.length).toBeLessThanOrEqual(5);
    // Whoever guesses does not keep the person out at the own place.
    await signIn('eve', 'right', own);
  });

  test('an outage is nobody’s guess', async () => {
    const { signIn, isDown } = begin(member('mia'));
    isDown(true);
    for (let at = 0; at < 5; at += 1)
      await expect(signIn('mia', undefined, `192.0.2.${at}`)).rejects.toMatchObject(refused);
    isDown(false);
    await expect(signIn('mia')).resolves.toBeDefined();
  });

  test('two who come in at once are one administrator', async () => {
    const { signIn } = begin(member('twin'));
    const both = await Promise.all([signIn('twin', undefined, '192.0.2.1'), signIn('twin')]);
    expect(both.map(({ answer }) => answer.status)).toEqual(['signed_in', 'signed_in']);
    const created = (await auditTrail(db())).filter(
      ({ event, data }) => event === 'administrator.created' && data['username'] === 'twin',
    );
    expect(created).toHaveLength(1);
  });

  test('a passkey counts while the directory says that its owner is a member; unreachable is no', async () => {
    const { enrol, byPasskey, people, isDown, signIn } = begin(member('pia', 'auditor'));
    const { soft } = await enrol('pia');
    expect(await signIn('pia')).toMatchObject({ answer: { status: 'second_factor', methods: ['passkey'] } });
    expect((await byPasskey(soft)).session.administrator).toMatchObject({ role: 'auditor' });
    people(member('pia', 'administrator'));
    expect((await byPasskey(soft)).session.administrator).toMatchObject({ role: 'administrator' });
    expect((await auditTrail(db())).at(-2)).toMatchObject({
      event: 'administrator.changed',
      data: { changed: ['role'], role: 'administrator', role_before: 'auditor', by: 'directory' },
    });
    isDown(true);
    await expect(byPasskey(soft)).rejects.toMatchObject(refused);
    expect(await lastRefusal()).toMatchObject({ reason: 'directory_unavailable', username: 'pia' });
    isDown(false);
    // Somebody else has the name now.
    people(member('pia', 'administrator', { guid: 'another' }));
    await expect(byPasskey(soft)).rejects.toMatchObject(refused);
    expect(await lastRefusal()).toMatchObject({ reason: 'not_in_directory' });
    await expect(signIn('pia')).rejects.toMatchObject(refused);
    expect(await lastRefusal()).toMatchObject({ reason: 'name_of_another' });
    people(person('pia'));
    await expect(byPasskey(soft)).rejects.toMatchObject(refused);
    expect(await lastRefusal()).toMatchObject({ reason: 'not_in_group' });
  });

  test('renamed in the directory, somebody is the same administrator after the next password', async () => {
    const { enrol, people, signIn, byPasskey } = begin(member('before'));
    const { own, soft } = await enrol('before');
    people(member('after', 'helpdesk', { guid: 'guid of before' }));
    await expect(byPasskey(soft)).rejects.toMatchObject(refused);
    await signIn('after');
    expect(await find('after')).toMatchObject({ id: own.administratorId, passkey_count: 1 });
    expect(await find('before')).toBeUndefined();
    await byPasskey(soft);
  });

  test('a session has another role, or ends, minutes after the directory says so', async () => {
    const { enrol, people, admitted, deps, directory } = begin(member('rita', 'administrator'));
    const { token, own } = await enrol('rita');
    const asked = directory.asked.length;
    expect(await admitted(token, true)).toMatchObject({ role: 'administrator', mustEnrol: false });
    expect(directory.asked).toHaveLength(asked);
    clock.turn(6 * minute);
    people(member('rita', 'auditor'));
    const several = await Promise.all([admitted(token, true), admitted(token, true), admitted(token, true)]);
    expect(several.map((each) => each?.role)).toEqual(['auditor', 'auditor', 'auditor']);
    expect(directory.asked).toHaveLength(asked + 1);
    clock.turn(6 * minute);
    people(person('rita'));
    expect(await admitted(token, true)).toBeUndefined();
    expect(await findSession(deps, token)).toBeUndefined();
    expect((await auditTrail(db())).at(-1)).toMatchObject({
      event: 'session.ended',
      subject_id: own.administratorId,
      data: { sessions: 1, reason: 'not_in_group' },
    });
  });

  test('a session outlasts an outage for a quarter of an hour since the directory last said yes', async () => {
    const { enrol, isDown, admitted } = begin(member('otto'));
    const { token } = await enrol('otto');
    isDown(true);
    clock.turn(14 * minute);
    expect(await admitted(token, true)).toBeDefined();
    clock.turn(2 * minute);
    expect(await admitted(token, true)).toBeUndefined();
    isDown(false);
    expect(await admitted(token, true)).toBeUndefined();
  });

  test('step-up with the password asks the directory', async () => {
    const { signIn, deps, people, passwords } = begin(member('stan'));
    const { token } = await signIn('stan');
    clock.turn(6 * minute);
    const live = (await findSession(deps, token))!;
    await expect(stepUpByPassword(deps, visit(), live, 'wrong')).rejects.toMatchObject(refused);
    await stepUpByPassword(deps, visit(), live, 'password of stan');
    expect(passwords).toHaveLength(3);
    expect(await findSignedIn(deps, token)).toMatchObject({ isVerified: true, mustEnrol: true });
    people(person('stan'));
    await expect(stepUpByPassword(deps, visit(), live, 'password of stan')).rejects.toMatchObject(refused);
    expect(passwords).toHaveLength(3);
  });

  test('name, password and role are the directory’s; disabled here is out, deleted begins anew', async () => {
    const { enrol, signIn, deps, byPasskey } = begin(member('dora'));
    const { own, soft, passkey } = await enrol('dora');
    const id = own.administratorId;
    const kept = { code: 'kept_in_directory' };
    await expect(changeOwnPassword(deps, own, goodPassword)).rejects.toMatchObject(kept);
    await expect(changeOwnPassword(deps, own, null)).rejects.toMatchObject(kept);
    await expect(inviteAdministrator(deps, actor, 'everything', id)).rejects.toMatchObject(kept);
    for (const changes of [{ role: 'owner' }, { username: 'eva' }] as const)
      await expect(changeAdministrator(deps, actor, 'everything', id, changes)).rejects.toMatchObject(kept);
    await expect(deleteOwnPasskey(deps, own, passkey.id)).rejects.toMatchObject({ code: 'last_factor' });
    // A directory administrator is no owner, however many there are.
    await expect(deleteAdministrator(deps, actor, 'everything', ownerId())).rejects.toMatchObject({
      code: 'last_owner',
    });
    await changeAdministrator(deps, actor, 'everything', id, { enabled: false });
    await expect(signIn('dora')).rejects.toMatchObject(refused);
    await expect(byPasskey(soft)).rejects.toMatchObject(refused);
    await changeAdministrator(deps, actor, 'everything', id, { enabled: true });
    await deleteAdministrator(deps, actor, 'everything', id);
    await expect(byPasskey(soft)).rejects.toMatchObject(refused);
    expect(await signIn('dora')).toMatchObject({ answer: { status: 'signed_in' } });
    expect((await find('dora'))?.id).not.toBe(id);
  });

  test('switched off, everybody of the directory is out at once; other groups are asked for with the next call', async () => {
    const { enrol, admitted, deps, directory, signIn, people } = begin(member('switch'));
    const { token } = await enrol('switch');
    const asked = directory.asked.length;
    await configure({ helpdesk_groups: ['desk'] });
    expect(await admitted(token, true)).toBeDefined();
    expect(directory.asked).toHaveLength(asked + 1);
    // Twice in the same second: the second counts, too.
    await configure({ helpdesk_groups: ['another'] });
    people(person('switch'));
    expect(await admitted(token, true)).toBeUndefined();
    people(member('switch'));
    const { token: next } = await signIn('switch');
    await configure({ enabled: false });
    expect(await findSession(deps, next)).toBeUndefined();
    expect((await auditTrail(db())).at(-1)).toMatchObject({
      event: 'administrator_directory.changed',
      data: { changed: ['enabled'], enabled: false, sessions_ended: expect.any(Number) },
    });
    await expect(signIn('switch')).rejects.toMatchObject(refused);
    expect(await lastRefusal()).toMatchObject({ reason: 'directory_off' });
    await configure({ enabled: true });
  });

  test('what the user source is changed to counts with the next call of a session, on every node', async () => {
    const { enrol, admitted, deps, directory, people, byPasskey } = begin(member('nora'));
    const { token, soft } = await enrol('nora');
    const otherNode = createFindAdmitted({ ...deps, directory });
    const asked = directory.asked.length;
    const change = (changes: Parameters<typeof changeUserSource>[4]) =>
      changeUserSource(deps, actor, null, sourceId(), changes);
    await change({ user_filter: '(a=b)' });
    expect(await admitted(token, true)).toBeDefined();
    expect(await otherNode(token, true)).toBeDefined();
    expect(directory.asked).toHaveLength(asked + 1);
    // Twice in the same second, and in it the person is gone.
    people();
    await change({ user_filter: '(a=c)' });
    expect(await otherNode(token, true)).toBeUndefined();
    expect(await findSession(deps, token)).toBeUndefined();
    people(member('nora'));
    const next = (await byPasskey(soft)).token!;
    expect(await otherNode(next, true)).toBeDefined();
    await change({ enabled: false });
    expect(await admitted(next, true)).toBeUndefined();
    await change({ enabled: true });
    expect(await admitted(next, true)).toBeUndefined();
  });

  test('a change of the user source while the password is checked lets nobody in', async () => {
    const { signIn, directory, deps } = begin(member('rosa'));
    const verify = directory.verify.bind(directory);
    directory.verify = async (...given) => {
      const answer = await verify(...given);
      await changeUserSource(deps, actor, null, sourceId(), { user_filter: `(a=${clock.now()})` });
      return answer;
    };
    await expect(signIn('rosa')).rejects.toMatchObject(refused);
    expect(await find('rosa')).toBeUndefined();
  });

  test('another user source says the same id of somebody else', async () => {
    const { enrol, deps, directory, signIn, byPasskey } = begin(member('ursula', 'administrator'));
    const { soft, token } = await enrol('ursula');
    const before = await find('ursula');
    const fields = { bind_name: 'cn=reader', bind_password: 'secret', base_dn: 'dc=evil' };
    const evil = NewUserSource.parse({ kind: 'ldap', name: 'Evil', hosts: ['evil.example'], ...fields });
    const { id } = await createUserSource(deps, actor, null, 'app_vpn', evil);
    const guid = 'guid of ursula';
    directory.people.set(`${id} administrators`, [
      member('ursula', 'administrator'),
      member('mallory', 'administrator', { guid }),
    ]);
    await configure({ source_id: id });
    expect(await findSession(deps, token)).toBeUndefined();
    await expect(signIn('ursula')).rejects.toMatchObject(refused);
    expect(await lastRefusal()).toMatchObject({ reason: 'name_of_another' });
    await expect(byPasskey(soft)).rejects.toMatchObject(refused);
    expect((await lookUpAdministrator(deps, actor, null, 'ursula')).result).toBe('name_taken');
    expect((await signIn('mallory')).answer).toMatchObject({ status: 'signed_in' });
    expect((await find('mallory'))?.id).not.toBe(before?.id);
    expect((await find('ursula'))?.passkey_count).toBe(1);
    await configure({ source_id: sourceId() });
    await expect(signIn('mallory')).rejects.toMatchObject(refused);
    expect((await byPasskey(soft)).session.administrator.id).toBe(before?.id);
  });

  test('settings that change while the password is checked let nobody in', async () => {
    const { signIn, directory } = begin(member('race'));
    const verify = directory.verify.bind(directory);
    directory.verify = async (...given) => {
      const answer = await verify(...given);
      await configure({ auditor_groups: [`changed ${clock.now()}`] });
      return answer;
    };
    await expect(signIn('race')).rejects.toMatchObject(refused);
    expect(await find('race')).toBeUndefined();
  });

  test('a look-up says who would get in, and what cannot be used is refused', async () => {
    const { deps } = begin(member('lena', 'auditor'), person('user'), member('olga'));
    const look = async (name: string) => (await lookUpAdministrator(deps, actor, null, name)).result;
    expect(await lookUpAdministrator(deps, actor, null, 'lena')).toMatchObject({
      result: 'admitted',
      role: 'auditor',
    });
    expect([await look('user'), await look('nobody'), await look('olga')]).toEqual([
      'not_in_group',
      'not_found',
      'name_taken',
    ]);
    await expect(lookUpAdministrator(deps, actor, 'app_vpn', 'lena')).rejects.toMatchObject({
      code: 'forbidden',
    });
    const fields = (changes: Parameters<typeof configure>[0]) =>
      configure(changes).catch(({ fields: faults }) => (faults as { field: string }[]).map((f) => f.field));
    expect(await fields({ source_id: 'src_none' })).toEqual(['source_id']);
    expect(await fields({ source_id: null })).toEqual(['source_id']);
    const none = { administrator_groups: [], helpdesk_groups: [], auditor_groups: [] };
    expect(await fields(none)).toEqual(['administrator_groups']);
    const weak = { scopes: ['administrators'], applicationId: null } as const;
    await expect(changeAdministratorDirectory(deps, actor, weak, { enabled: false })).rejects.toMatchObject({
      code: 'forbidden',
    });
  });

  test('the user source is the owners’: nobody else changes it, and it stays while it is used', async () => {
    const deps = base();
    const helper = await makeAdministrator(deps, 'henry', 'administrator');
    const change = (id: string) =>
      changeUserSource(deps, { kind: 'administrator', id }, null, sourceId(), { base_dn: 'dc=evil' });
    await expect(change(helper.id)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(
      changeUserSource(deps, { kind: 'api_client', id: 'acl_none' }, null, sourceId(), {
        base_dn: 'dc=evil',
      }),
    ).rejects.toMatchObject({ code: 'forbidden' });
    await change(ownerId());
    await expect(deleteUserSource(deps, actor, null, sourceId())).rejects.toMatchObject({ code: 'in_use' });
    await expect(deleteApplication(deps, actor, null, 'app_vpn')).rejects.toMatchObject({ code: 'in_use' });
    await changeUserSource(deps, actor, null, sourceId(), { enabled: false });
    const { signIn } = begin(member('ada'));
    await expect(signIn('ada')).rejects.toMatchObject(refused);
    expect(await lastRefusal()).toMatchObject({ reason: 'directory_off' });
  });
});
