// Groups over SCIM, which are the teams of an application.
import { expect, test } from 'vitest';
import { NewUser } from '@countersign/contract/models.ts';
import { auditTrail } from '#core/audit/administration.test-support.ts';
import { changeTeam, deleteTeam } from '#core/users/administer-teams.ts';
import { createUser } from '#core/users/create-user.ts';
import { getTeam } from '#core/users/list-teams.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { actor, openScim, type Body } from './scim.test-support.ts';

onBothDatabases('groups over SCIM', (db) => {
  const open = () => openScim(db());

  test('groups: members join and leave, stay when nobody is in them, and are the teams of the users', async () => {
    const { add, call, patch, base, mine } = await open();
    const users = await Promise.all(['m1', 'm2', 'm3'].map((name) => add(name)));
    const [m1, m2, m3] = users.map(({ id }) => id);
    const made = await call('POST', '/Groups', {
      displayName: 'Tour Guides',
      externalId: 'g-1',
      members: [{ value: m1 }, { value: m2, display: 'whatever' }],
    });
    expect(made.status).toBe(201);
    const { id } = made.body;
    const names = (body: Body) => (body['members'] as { display: string }[]).map(({ display }) => display);
    expect(names(made.body)).toEqual(['m1', 'm2']);
    expect((await call('GET', `/Users/${m1}`)).body['groups']).toMatchObject([
      { value: id, display: 'Tour Guides' },
    ]);

    // Entra ID adds one by one, and removes with a value; the RFC removes with a filter.
    const path = `/Groups/${id}`;
    expect(names((await patch(path, { op: 'Add', path: 'members', value: [{ value: m3 }] })).body)).toEqual([
      'm1',
      'm2',
      'm3',
    ]);
    expect(
      names((await patch(path, { op: 'Remove', path: 'members', value: [{ value: m1 }] })).body),
    ).toEqual(['m2', 'm3']);
    expect(names((await patch(path, { op: 'remove', path: `members[value eq "${m2}"]` })).body)).toEqual([
      'm3',
    ]);
    expect(
      names((await patch(path, { op: 'replace', path: 'members', value: [{ value: m1 }] })).body),
    ).toEqual(['m1']);
    expect((await patch(path, { op: 'replace', value: { id, displayName: 'Guides' } })).body).toMatchObject({
      displayName: 'Guides',
    });
    expect(names((await patch(path, { op: 'remove', path: 'members' })).body)).toEqual([]);
    expect(
      (
        await call(
          'GET',
          `/Groups?filter=${encodeURIComponent('displayName eq "GUIDES"')}&excludedAttributes=members`,
        )
      ).body.Resources,
    ).toMatchObject([{ id }]);
    const byMember = encodeURIComponent(`members.value eq "${m1}"`);
    expect((await call('GET', `/Groups?filter=${byMember}`)).body['totalResults']).toBe(0);

    const stranger = await patch(path, { op: 'add', path: 'members', value: [{ value: 'usr_nobody' }] });
    expect([stranger.status, stranger.body['scimType']]).toEqual([400, 'invalidValue']);
    const twin = await call('POST', '/Groups', { displayName: 'guides' });
    expect([twin.status, twin.body['scimType']]).toEqual([409, 'uniqueness']);
    expect((await call('PUT', path, { displayName: 'Guides', members: [{ value: m2 }] })).status).toBe(200);
    expect((await call('DELETE', path)).status).toBe(204);
    expect((await call('GET', path)).status).toBe(404);
    expect((await call('GET', `/Users/${m2}`)).body['groups']).toEqual([]);
    const teams = (await auditTrail(base.db)).filter(
      ({ event, application_id }) => application_id === mine && event.startsWith('team.'),
    );
    expect(teams.map(({ event }) => event)).toEqual([
      'team.created',
      ...Array.from({ length: 7 }, () => 'team.changed'),
      'team.deleted',
    ]);
  });

  test('a team that users were put into by hand becomes the group of that name', async () => {
    const { call, deps, mine } = await open();
    await createUser(
      deps,
      actor,
      null,
      NewUser.parse({ application_id: mine, username: 'henry', teams: ['Staff'] }),
    );
    const { status, body } = await call('POST', '/Groups', { displayName: 'Staff', externalId: 'g-2' });
    expect([status, body['members'], body['externalId']]).toEqual([201, [], 'g-2']);
  });

  test('members of one group that join at the same moment are all in it', async () => {
    const { add, call, patch } = await open();
    const { body: group } = await call('POST', '/Groups', { displayName: 'All' });
    const users = await Promise.all(Array.from({ length: 6 }, (_, index) => add(`all-${index}`)));
    const joined = await Promise.all(
      users.map(({ id }) =>
        patch(`/Groups/${group.id}`, { op: 'add', path: 'members', value: [{ value: id }] }),
      ),
    );
    expect(joined.map(({ status }) => status)).toEqual(users.map(() => 200));
    expect((await call('GET', `/Groups/${group.id}`)).body['members']).toHaveLength(6);
  });

  test('a team whose members are asked for a second factor is renamed with that, and not deleted', async () => {
    const { call, base, mine } = await open();
    const { id } = (await call('POST', '/Groups', { displayName: 'Admins' })).body;
    await changeTeam(base, actor, null, id, { second_factor_required: true });
    const path = `/Groups/${id}`;
    expect((await call('PUT', path, { displayName: 'Operators' })).status).toBe(200);
    expect((await call('DELETE', path)).status).toBe(409);
    expect(await getTeam(base, mine, id)).toMatchObject({ name: 'Operators', second_factor_required: true });
    await expect(deleteTeam(base, actor, null, id)).rejects.toMatchObject({ code: 'in_use' });
    await changeTeam(base, actor, null, id, { second_factor_required: false });
    expect((await call('DELETE', path)).status).toBe(204);
  });
});
