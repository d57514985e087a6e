// Who is asked by which team: said here, or by an attribute of the directory's group; and what the directory says in the moment of a login
// counts for that login.
import type { Team } from '@countersign/contract/team-models.ts';
import { Code } from '@countersign/radius';
import { hasSlapd, type SlapdPeer, slapdBase, slapdPassword } from '@countersign/testkit/peers/slapd.ts';
import type { SoftAuthenticator } from '@countersign/testkit/soft-authenticator/soft-authenticator.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ApiCaller } from '../api-caller.ts';
import { newestLogin, radiusLogin } from '../radius-login.ts';
import { giveOnce, type SourceApplication, syncAll } from '../source-onboarding.ts';
import { type Gateway, requestOn, type Vpn } from '../vpn.ts';
import { deployLdapStaff, type LdapStaff } from './ldap-staff.ts';

const operators = `cn=operators,ou=groups,${slapdBase}`;
const guests = `cn=guests,ou=groups,${slapdBase}`;
const personDn = (uid: string) => `uid=${uid},ou=people,${slapdBase}`;

describe.skipIf(!hasSlapd())('teams whose members are asked', () => {
  let deployed: LdapStaff | undefined;
  let slapd: SlapdPeer;
  let vpn: Vpn;
  let caller: ApiCaller;
  let staff: SourceApplication;
  let gateway: Gateway;
  /** Of alice. */
  let phone: SoftAuthenticator;
  beforeAll(async () => {
    deployed = await deployLdapStaff({
      application: ['--second-factor', 'by_team'],
      source: {
        groups: [
          { group: 'operators', team: 'Operators' },
          { group: 'guests', team: 'Guests' },
        ],
        group_policy_attribute: 'description',
      },
      async prepare(directory) {
        const group = `changetype: add\nobjectClass: groupOfNames\nmember: ${personDn('carol')}\n\n`;
        for (const dn of [operators, guests]) await directory.change(`dn: ${dn}\n${group}`);
      },
    });
    ({ slapd, vpn, caller, staff } = deployed);
    gateway = await vpn.addGateway({ application: staff.id });
    const given = await giveOnce(staff.link, 'alice', slapdPassword);
    await given.enrolment.complete();
    phone = given.phone;
  });
  afterAll(() => deployed?.stop());

  const change = (dn: string, what: string, value: string): Promise<void> =>
    slapd.change(`dn: ${dn}\nchangetype: modify\n${what}\n${what.replace(/^\w+: /, '')}: ${value}\n\n`);
  const policyOf = (dn: string, text: string) => change(dn, 'replace: description', text);
  /** Groups are remembered for a minute; with other settings they are read anew. */
  const readAnew = () =>
    caller.call('PATCH', `/v1/user-sources/${staff.source.id}`, {
      answer_ms: 5000 + Math.round(performance.now()),
    });
  const teams = async (): Promise<ReadonlyMap<string, Team>> => {
    const { items } = await caller.call<{ items: Team[] }>('GET', `/v1/applications/${staff.id}/teams`);
    return new Map(items.map((team) => [team.name, team]));
  };
  const told = async () => (await newestLogin(caller, staff)).steps.map(({ text }) => text);
  const letIn = async (name: string) => {
    const { code } = await radiusLogin(gateway, name, slapdPassword);
    expect([name, code]).toEqual([name, Code.AccessAccept]);
    expect((await told()).at(-1)).toBe('Let in by the password alone: in no team whose members are asked.');
  };
  const askedFor = async (name: string, team: string) => {
    const login = radiusLogin(gateway, name, slapdPassword);
    await phone.answer(await requestOn(phone), { decision: 'approve' });
    expect([name, (await login).code]).toEqual([name, Code.AccessAccept]);
    expect(await told()).toContain(`Asked on the phone: a member of team “${team}”.`);
  };

  test('put into a group of the directory, somebody is asked at the next login, without a sync', async () => {
    await letIn('alice');
    const created = await caller.call<Team>('POST', `/v1/applications/${staff.id}/teams`, {
      name: 'Guests',
      second_factor_required: true,
    });
    expect(created).toMatchObject({ member_count: 0, required_by: [] });
    await letIn('alice');
    await change(guests, 'add: member', personDn('alice'));
    await askedFor('alice', 'Guests');
    expect((await teams()).get('Guests')).toMatchObject({ id: created.id, member_count: 1 });
    await change(guests, 'delete: member', personDn('alice'));
    await letIn('alice');
    // Nobody is in it, and what was decided of it stays.
    expect((await teams()).get('Guests')).toMatchObject({ id: created.id, second_factor_required: true });
  });

  test('a group that is moved takes nobody out of its team, at a login or by a sync', async () => {
    await change(guests, 'add: member', personDn('alice'));
    await askedFor('alice', 'Guests');
    const move = (from: string, to: string) =>
      slapd.change(
        `dn: cn=guests,${from}\nchangetype: modrdn\nnewrdn: cn=guests\ndeleteoldrdn: 0\nnewsuperior: ${to}\n\n`,
      );
    const [groups, people] = [`ou=groups,${slapdBase}`, `ou=people,${slapdBase}`];
    await move(groups, people);
    await askedFor('alice', 'Guests');
    await syncAll(caller, staff.source, { input: { username: 'alice' } });
    await move(people, groups);
    // The one that is remembered was read in the place before.
    await syncAll(caller, staff.source, { input: { username: 'alice' } });
    await move(groups, people);
    await syncAll(caller, staff.source);
    expect((await teams()).get('Guests')).toMatchObject({ member_count: 2 });
    await move(people, groups);
    await askedFor('alice', 'Guests');
    await change(guests, 'delete: member', personDn('alice'));
    await letIn('alice');
    // Nor is anybody unseen who is put into it where it is not remembered to stand.
    const moved = `cn=guests,${people}`;
    await move(groups, people);
    await change(moved, 'add: member', personDn('alice'));
    await askedFor('alice', 'Guests');
    await change(moved, 'delete: member', personDn('alice'));
    await move(people, groups);
    await letIn('alice');
  });

  test('the directory says it by an attribute of the group, and takes it back', async () => {
    await change(operators, 'add: member', personDn('alice'));
    await letIn('alice');
    await policyOf(operators, 'On call. second_factor=required; ask Bob');
    await readAnew();
    await askedFor('alice', 'Operators');
    const team = (await teams()).get('Operators');
    expect(team).toMatchObject({
      second_factor_required: false,
      required_by: [{ id: staff.source.id, name: 'example.test' }],
    });
    await expect(caller.call('DELETE', `/v1/teams/${team?.id}`)).rejects.toThrow(/in_use|409/);
    await policyOf(operators, 'second_factor=not_required');
    await readAnew();
    await letIn('alice');
  });

  test('an attribute that is gone, or that the bind account may not read, lets nobody off until somebody says so', async () => {
    const operatorsTeam = async () => (await teams()).get('Operators');
    await policyOf(operators, 'second_factor=required');
    await readAnew();
    await askedFor('alice', 'Operators');
    await slapd.change(`dn: ${operators}\nchangetype: modify\ndelete: description\n\n`);
    await readAnew();
    await askedFor('alice', 'Operators');
    const before = await operatorsTeam();
    expect(before?.required_by).toMatchObject([{ name: 'example.test', unread_at: expect.any(Number) }]);
    const { stdout } = await vpn.installation.countersign(['user-sources', 'test', staff.source.id]);
    expect(stdout).toContain(`${operators}: has no value there, or none that can be read`);
    // There again, a sync notes it.
    await policyOf(operators, 'second_factor=required');
    await syncAll(caller, staff.source, { input: { username: 'alice' } });
    expect((await operatorsTeam())?.required_by).toMatchObject([{ unread_at: null }]);
    await slapd.change(`dn: ${operators}\nchangetype: modify\ndelete: description\n\n`);
    await readAnew();
    await askedFor('alice', 'Operators');
    const change = ['teams', 'change', String(before?.id), '--take-back-unread'];
    expect((await vpn.installation.countersign(change)).code).toBe(0);
    await letIn('alice');
    expect(await operatorsTeam()).toMatchObject({ id: before?.id, required_by: [] });
  });

  test('a sync reads it of groups without known members; a test tells what each group says', async () => {
    await policyOf(operators, 'second_factor=required');
    await policyOf(guests, 'second_factor=perhaps');
    await caller.call('POST', `/v1/user-sources/${staff.source.id}/syncs`, { username: 'alice' });
    const all = await teams();
    expect([...all.values()].map(({ name, required_by: by }) => [name, by.length])).toEqual([
      ['Guests', 1],
      ['Operators', 1],
    ]);
    const { stdout } = await vpn.installation.countersign(['user-sources', 'test', staff.source.id]);
    expect(stdout).toContain(`${operators}: members are asked for the second factor`);
    expect(stdout).toMatch(
      /FAILED.*says “second_factor=perhaps”, which is neither required nor not_required/,
    );
    await askedFor('alice', 'Operators');
  });
});
