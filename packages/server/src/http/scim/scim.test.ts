// The SCIM server on the whole door and both databases: what Entra ID, Okta and the RFC's own examples send, and what must be refused.
import { expect, test } from 'vitest';
import { NewUser } from '@countersign/contract/models.ts';
import { deleteScimToken } from '#core/scim/delete-scim-token.ts';
import { listScimTokens } from '#core/scim/list-scim-tokens.ts';
import { createUser } from '#core/users/create-user.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { maxResults } from './discovery.ts';
import { actor, openScim } from './scim.test-support.ts';

const byText = (a: string, b: string) => (a < b ? -1 : 1);
const dayMs = 86_400_000;

onBothDatabases('SCIM', (db) => {
  const open = () => openScim(db());

  test('a user is created, shown, replaced, patched and deleted, each told to the audit trail', async () => {
    const { call, patch, mine, tokenId, base } = await open();
    const created = await call('POST', '/Users', {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      externalId: '701984',
      userName: 'bjensen@example.com',
      name: { formatted: 'Ms. Barbara J Jensen, III', familyName: 'Jensen', givenName: 'Barbara' },
      emails: [
        { value: 'babs@jensen.org', type: 'home' },
        { value: 'bjensen@example.com', type: 'work', primary: true },
      ],
      phoneNumbers: [{ value: '+49 (170) 123-4501', type: 'mobile' }],
      title: 'Tour Guide',
      'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': { department: 'Tours' },
      active: true,
    });
    expect(created.status).toBe(201);
    expect(created.headers['content-type']).toBe('application/scim+json; charset=utf-8');
    const { id } = created.body;
    expect(created.headers['location']).toBe(`https://mfa.example.test/scim/v2/Users/${id}`);
    expect(created.body).toMatchObject({
      externalId: '701984',
      userName: 'bjensen@example.com',
      displayName: 'Ms. Barbara J Jensen, III',
      emails: [{ value: 'bjensen@example.com', type: 'work', primary: true }],
      phoneNumbers: [{ value: '+491701234501' }],
      active: true,
      groups: [],
      meta: { resourceType: 'User', version: created.headers['etag'] },
    });
    expect((await call('GET', `/Users/${id}`)).body).toEqual(created.body);

    const replaced = await call('PUT', `/Users/${id}`, { userName: 'bjensen', displayName: 'Babs' });
    expect(replaced.body).toMatchObject({ userName: 'bjensen', displayName: 'Babs', active: true });
    expect(replaced.body).not.toHaveProperty('emails');
    expect(replaced.body).not.toHaveProperty('externalId');

    // As Entra ID deactivates, and as Okta does.
    expect(
      (await patch(`/Users/${id}`, { op: 'Replace', path: 'active', value: 'False' })).body,
    ).toMatchObject({
      active: false,
    });
    expect((await patch(`/Users/${id}`, { op: 'replace', value: { active: true } })).body).toMatchObject({
      active: true,
    });
    expect((await call('DELETE', `/Users/${id}`)).status).toBe(204);
    expect((await call('GET', `/Users/${id}`)).status).toBe(404);
    const rows = await base.db.read
      .selectFrom('audit_events')
      .selectAll()
      .where('application_id', '=', mine)
      .orderBy('sequence')
      .execute();
    const told = rows.map(({ event, actor_kind, actor_id }) => `${event} ${actor_kind} ${actor_id}`);
    const by = `scim_token ${tokenId}`;
    expect(told.slice(1)).toEqual([
      `user.created ${by}`,
      `user.changed ${by}`,
      `user.changed ${by}`,
      `user.changed ${by}`,
      `user.deleted ${by}`,
    ]);
  });

  test('operations with paths, filters and dotted names, as they come from Entra ID', async () => {
    const { add, patch } = await open();
    const { id } = await add('carol', { emails: [{ value: 'old@example.com', type: 'work' }] });
    const { body } = await patch(
      `/Users/${id}`,
      { op: 'Add', path: 'emails[type eq "work"].value', value: 'carol@example.com' },
      { op: 'Replace', path: 'phoneNumbers[type eq "mobile"].value', value: '0049 170 1234502' },
      { op: 'Replace', path: 'phoneNumbers[type eq "fax"].value', value: 'nothing of ours' },
      { op: 'Add', path: 'name.formatted', value: 'Carol C' },
      { op: 'Replace', value: { externalId: 'c-1', 'name.givenName': 'C' } },
      {
        op: 'Add',
        path: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department',
        value: 'X',
      },
    );
    expect(body).toMatchObject({
      emails: [{ value: 'carol@example.com' }],
      phoneNumbers: [{ value: '+491701234502' }],
      displayName: 'Carol C',
      externalId: 'c-1',
    });
    const gone = await patch(
      `/Users/${id}`,
      { op: 'remove', path: 'phoneNumbers' },
      { op: 'remove', path: 'externalId' },
    );
    expect(gone.body).not.toHaveProperty('phoneNumbers');
    expect(gone.body).not.toHaveProperty('externalId');
  });

  test('one operation that is refused undoes all of them', async () => {
    const { add, patch, call } = await open();
    const { id } = await add('dave');
    const refusals = [
      [{ op: 'replace', path: 'id', value: 'usr_1' }, 'mutability'],
      [{ op: 'remove', path: 'userName' }, 'mutability'],
      [{ op: 'remove' }, 'noTarget'],
      [{ op: 'move', path: 'active', value: true }, 'invalidSyntax'],
      [{ op: 'replace', path: 'shoeSize', value: 44 }, 'invalidPath'],
      [{ op: 'replace', path: '__proto__', value: {} }, 'invalidPath'],
      [{ op: 'replace', path: 'active', value: 'perhaps' }, 'invalidValue'],
      [{ op: 'replace', path: 'emails', value: [{ value: 5 }] }, 'invalidValue'],
      [{ op: 'replace', path: 'password', value: 'short' }, 'invalidValue'],
    ] as const;
    for (const [operation, scimType] of refusals) {
      const first = { op: 'replace', path: 'displayName', value: 'Changed' };
      const { status, body } = await patch(`/Users/${id}`, first, operation);
      expect([status, body['scimType']], JSON.stringify(operation)).toEqual([400, scimType]);
      expect(body['schemas']).toEqual(['urn:ietf:params:scim:api:messages:2.0:Error']);
    }
    expect((await call('GET', `/Users/${id}`)).body).not.toHaveProperty('displayName');
  });

  test('an address or a number that is none is left out, and the answer shows it', async () => {
    const { add } = await open();
    const user = await add('frank', {
      emails: [{ value: 'extension 12' }],
      phoneNumbers: ['0170 123', '12'],
    });
    expect(user).not.toHaveProperty('emails');
    expect(user).not.toHaveProperty('phoneNumbers');
  });

  test('a name is taken whatever its letter case', async () => {
    const { add, call } = await open();
    await add('erin');
    const again = await call('POST', '/Users', { userName: 'ERIN' });
    expect([again.status, again.body['scimType']]).toEqual([409, 'uniqueness']);
  });

  test('filters find what they name, and nothing of another application', async () => {
    const { add, call, deps, other, mine } = await open();
    const alice = await add('alice', {
      displayName: 'Alice 100% Adams',
      externalId: 'A1',
      emails: [{ value: 'alice@example.com' }],
    });
    await add('bob', { displayName: 'Bob_Brown', active: false, phoneNumbers: [{ value: '+491701234503' }] });
    await add('ålice');
    await createUser(deps, actor, null, NewUser.parse({ application_id: other, username: 'alice' }));
    const find = async (filter: string) => {
      const { status, body } = await call('GET', `/Users?filter=${encodeURIComponent(filter)}`);
      expect(status, JSON.stringify(body)).toBe(200);
      expect(body['totalResults']).toBe(body.Resources.length);
      return body.Resources.map(({ userName }) => String(userName)).toSorted(byText);
    };
    const found: readonly [string, readonly string[]][] = [
      ['userName eq "ALICE"', ['alice']],
      ['userName eq "Ålice"', ['ålice']],
      ['userName ne "alice"', ['bob', 'ålice']],
      ['userName co "lic"', ['alice', 'ålice']],
      ['userName sw "å"', ['ålice']],
      ['userName ew "CE"', ['alice', 'ålice']],
      ['userName gt "alice"', ['bob', 'ålice']],
      ['displayName co "0% a"', ['alice']],
      ['displayName co "_"', ['bob']],
      ['displayName co "%"', ['alice']],
      ['externalId eq "A1"', ['alice']],
      ['externalId eq "a1"', []],
      ['externalId pr', ['alice']],
      ['externalId eq null', ['bob', 'ålice']],
      ['active eq false', ['bob']],
      ['not (active eq true) or externalId pr', ['alice', 'bob']],
      ['emails[type eq "work" and value ew "@EXAMPLE.com"]', ['alice']],
      ['emails[type eq "home"]', []],
      ['emails.value eq "alice@example.com"', ['alice']],
      ['phoneNumbers.value sw "+49170"', ['bob']],
      ['meta.created gt "2001-01-01T00:00:00Z"', ['alice', 'bob', 'ålice']],
      ['meta.lastModified lt "2001-01-01T00:00:00Z"', []],
      ['userName eq "x\' or 1=1 --"', []],
      [`id eq "${alice.id}"`, ['alice']],
    ];
    for (const [filter, names] of found) expect(await find(filter), filter).toEqual(names.toSorted(byText));
    for (const bad of [
      'shoeSize eq 44',
      'active co true',
      'userName eq 1',
      'meta.created gt "soon"',
      'a eq',
      '__proto__ pr',
    ]) {
      const { status, body } = await call('GET', `/Users?filter=${encodeURIComponent(bad)}`);
      expect([status, body['scimType']], bad).toEqual([400, 'invalidFilter']);
    }
    expect((await call('GET', '/Users/?filter=userName%20eq%20%22bob%22')).body['totalResults']).toBe(1);
    const search = await call('POST', '/Users/.search', {
      filter: 'userName eq "alice"',
      attributes: ['userName'],
    });
    expect(search.body.Resources).toEqual([
      { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], id: alice.id, userName: 'alice' },
    ]);
    expect(mine).not.toBe(other);
  });

  test('pages, order, and parts of resources', async () => {
    const { add, call } = await open();
    for (const name of ['u1', 'u2', 'u3', 'u4', 'u5'])
      await add(name, { emails: [{ value: `${name}@example.com` }] });
    const page = await call(
      'GET',
      '/Users?startIndex=2&count=2&sortBy=userName&sortOrder=descending&attributes=userName,emails.value',
    );
    expect(page.body).toMatchObject({ totalResults: 5, startIndex: 2, itemsPerPage: 2 });
    expect(page.body.Resources.map(({ userName, emails }) => [userName, emails])).toEqual([
      ['u4', [{ value: 'u4@example.com' }]],
      ['u3', [{ value: 'u3@example.com' }]],
    ]);
    expect((await call('GET', '/Users?count=0')).body).toMatchObject({ totalResults: 5, Resources: [] });
    expect((await call('GET', '/Users?startIndex=9')).body).toMatchObject({ totalResults: 5, Resources: [] });
    expect((await call('GET', '/Users?startIndex=-3&count=9999')).body).toMatchObject({
      startIndex: 1,
      itemsPerPage: 5,
    });
    expect((await call('GET', '/Users?count=many')).status).toBe(400);
    const [first] = (await call('GET', '/Users?excludedAttributes=emails,meta.version&count=1')).body
      .Resources;
    expect(first).not.toHaveProperty('emails');
    expect(first).toHaveProperty('meta.created');
    expect(first).not.toHaveProperty('meta.version');
    expect(maxResults).toBe(200);
  });

  test('RFC 7644 3.14: what was changed meanwhile is not changed again', async () => {
    const { add, call } = await open();
    const { id, meta } = await add('grace');
    const etag = (meta as { version: string }).version;
    expect((await call('GET', `/Users/${id}`, undefined, { 'if-none-match': etag })).status).toBe(304);
    const body = { userName: 'grace', displayName: 'Grace' };
    expect((await call('PUT', `/Users/${id}`, body, { 'if-match': etag })).status).toBe(200);
    expect((await call('PUT', `/Users/${id}`, body, { 'if-match': etag })).status).toBe(412);
    expect((await call('DELETE', `/Users/${id}`, undefined, { 'if-match': etag })).status).toBe(412);
    expect((await call('GET', `/Users/${id}`, undefined, { 'if-none-match': etag })).status).toBe(200);
    // Of two that hold the same version one gets it.
    const now = (await call('GET', `/Users/${id}`)).headers['etag'] as string;
    const both = await Promise.all(
      ['One', 'Two'].map((displayName) =>
        call('PUT', `/Users/${id}`, { ...body, displayName }, { 'if-match': now }),
      ),
    );
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 412]);
    expect((await call('DELETE', `/Users/${id}`, undefined, { 'if-match': '*' })).status).toBe(204);
  });

  test('nobody gets in without a token that is valid', async () => {
    const { call, tokenFor, mine, other, clock, deps, add } = await open();
    const { id } = await add('ivan');
    const as = (token: string, path = '/Users') =>
      call('GET', path, undefined, { authorization: `Bearer ${token}` });
    for (const header of ['', 'Basic YTpi', 'Bearer csp_wrong', 'Bearer'])
      expect((await call('GET', '/Users', undefined, { authorization: header })).status).toBe(401);
    expect((await call('GET', '/ServiceProviderConfig', undefined, { authorization: '' })).status).toBe(401);
    // Another application's token sees nothing of this one.
    const foreign = await tokenFor(other);
    expect((await as(foreign.token, `/Users/${id}`)).status).toBe(404);
    expect((await as(foreign.token)).body['totalResults']).toBe(0);
    const short = await tokenFor(mine, 1);
    const lasting = await tokenFor(mine, null);
    expect((await as(short.token)).status).toBe(200);
    clock.turn(dayMs);
    expect((await as(short.token)).status).toBe(401);
    expect((await as(lasting.token)).status).toBe(200);
    const { items } = await listScimTokens(deps, mine, { limit: 10 });
    expect(items.map((item) => item.last_used_at !== null)).toEqual([true, true, true]);
    expect(JSON.stringify(items)).not.toContain('csp_');
    await deleteScimToken(deps, actor, mine, lasting.id);
    expect((await as(lasting.token)).status).toBe(401);
    await expect(deleteScimToken(deps, actor, other, short.id)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('it says of itself what it can', async () => {
    const { call } = await open();
    expect((await call('GET', '/ServiceProviderConfig')).body).toMatchObject({
      patch: { supported: true },
      bulk: { supported: false },
      etag: { supported: true },
      filter: { supported: true, maxResults },
    });
    const types = (await call('GET', '/ResourceTypes')).body.Resources;
    expect(types.map(({ endpoint }) => endpoint)).toEqual(['/Users', '/Groups']);
    for (const { id } of (await call('GET', '/Schemas')).body.Resources)
      expect((await call('GET', `/Schemas/${encodeURIComponent(id)}`)).body.id).toBe(id);
    for (const path of ['/Bulk', '/Me', '/Schemas/none', '/Users/%00', '/Users/usr_none'])
      expect((await call('GET', path)).body, path).toMatchObject({ status: '404' });
  });

  test('a body that is none is refused in the words of SCIM', async () => {
    const { door, token, call } = await open();
    const post = (payload: string, type: string) =>
      door.app.inject({
        method: 'POST',
        url: '/scim/v2/Users',
        headers: { authorization: `Bearer ${token}`, 'content-type': type },
        payload,
      });
    const refused: readonly [string, string, number][] = [
      ['{', 'application/scim+json', 400],
      ['[]', 'application/scim+json', 400],
      ['{"userName":"a","userName":"b"}', 'application/json', 400],
      ['{"userName":null}', 'application/json', 400],
      ['{}', 'application/json', 400],
      ['userName=a', 'application/x-www-form-urlencoded', 415],
      [JSON.stringify({ userName: 'x'.repeat(2 ** 20) }), 'application/scim+json', 413],
    ];
    for (const [payload, type, status] of refused) {
      const response = await post(payload, type);
      expect([response.statusCode, response.json().status], payload.slice(0, 40)).toEqual([
        status,
        String(status),
      ]);
    }
    expect(
      (await call('POST', '/Users', { userName: 'ok', password: 'correct horse battery' })).body,
    ).not.toHaveProperty('password');
  });
});
