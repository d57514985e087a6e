// What is written of devices into a directory in memory, and how often. C-60, C-61, C-62, C-65.
import { expect, test } from 'vitest';
import { actor } from '#core/audit/administration.test-support.ts';
import { revokeDevice } from '#core/devices/revoke-device.ts';
import { getUser } from '#core/users/get-user.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { newId } from '#platform/id.ts';
import { changeUserSource } from '../change-user-source.ts';
import { createUserSource } from '../create-user-source.ts';
import type { RewriteAnswer } from '../directory.ts';
import { getUserSource } from '../list-user-sources.ts';
import { lookUpUser } from '../look-up-user.ts';
import { newSource } from '../memory-directory.test-support.ts';
import { writeRecord } from './device-record.ts';
import { openRecords, sorted } from './records.test-support.ts';
import { createRecordWriter } from './write-records.ts';

onBothDatabases('records of devices, written', (db) => {
  const begin = (more?: object) => openRecords(db(), more);

  test('C-60: per user the API tells the devices and the last login', async () => {
    const { deps, alice, bind, devices, clock } = await begin({});
    const device = await bind();
    const at = clock.now();
    await db().write(async (tx) =>
      tx
        .updateTable('users')
        .set({ last_authenticated_at: at })
        .where('id', '=', await alice())
        .execute(),
    );
    expect(await getUser(deps, null, await alice())).toMatchObject({
      device_count: 1,
      last_authenticated_at: at,
    });
    expect(await devices()).toEqual([device.id]);
  });

  test('C-62: the database alone, where no attribute is set', async () => {
    const { bind, write, records, directory, source, deps } = await begin({});
    expect(source).toMatchObject({ device_attribute: '', device_records: null });
    await bind();
    await write();
    await write();
    expect([directory.writes, records()]).toEqual([0, []]);
    expect((await getUserSource(deps, null, source.id)).device_records).toBeNull();
  });

  test('an attribute that people are known or let in by is refused', async () => {
    const { deps, source } = await begin({});
    const change = (changes: object) => changeUserSource(deps, actor, null, source.id, changes);
    const refused = { code: 'invalid_request', fields: [{ field: 'device_attribute' }] };
    await expect(change({ device_attribute: 'UserPassword' })).rejects.toMatchObject(refused);
    await expect(change({ device_attribute: 'mail;lang-en' })).rejects.toMatchObject(refused);
    for (const name of ['rfc822Mailbox', 'UserID', 'commonName', 'surname', '2.5.4.35', '2.5.4.3;binary'])
      await expect(change({ device_attribute: name }), name).rejects.toMatchObject(refused);
    await expect(change({ attribute_email: 'rfc822', device_attribute: 'RFC822' })).rejects.toMatchObject(
      refused,
    );
    const radius = newSource({
      kind: 'radius',
      name: 'R',
      bind_name: '',
      base_dn: '',
      device_attribute: 'url',
    });
    expect(radius.device_attribute).toBe('url');
    await expect(createUserSource(deps, actor, null, source.application_id, radius)).rejects.toMatchObject({
      code: 'invalid_request',
    });
    expect(await change({ device_attribute: 'url' })).toMatchObject({ device_attribute: 'url' });
  });

  test('C-61: a device, its removal and the last login are written, each once', async () => {
    const { bind, write, records, setRecords, directory, statesOf, deps, source, clock, alice, devices } =
      await begin();
    setRecords([
      'somebody’s own note',
      'countersign:1 application=app_other device=dev_x state=active mac=x',
    ]);
    const device = await bind({ name: 'Alice’s phone state=revoked' });
    await write();
    expect(statesOf()).toEqual([undefined, 'active', 'active']);
    expect(records()[2]).toMatch(
      new RegExp(
        `^countersign:1 application=\\S+ device=${device.id} state=active name=Alice\\S+ .* mac=\\S{43}$`,
      ),
    );
    expect((await getUserSource(deps, null, source.id)).device_records).toEqual({
      written: 1,
      failed: 0,
      failure: null,
    });
    await write();
    await write();
    expect(directory.writes).toBe(1);
    const { user } = await lookUpUser(deps, actor, null, source.id, {
      username: 'alice',
      signal: new AbortController().signal,
    });
    expect(Object.keys(user ?? {})).not.toContain('records');

    await revokeDevice(deps, actor, null, device.id);
    await write();
    expect(statesOf()).toEqual([undefined, 'active', 'revoked']);
    expect(directory.writes).toBe(2);
    expect(await devices()).toEqual([]);

    const login = async () =>
      db().write(async (tx) =>
        tx
          .updateTable('users')
          .set({ last_authenticated_at: clock.now() })
          .where('id', '=', await alice())
          .execute(),
      );
    await login();
    await write();
    expect(directory.writes).toBe(2);
    clock.turn(900_000);
    await write();
    expect(directory.writes).toBe(3);
    expect(records().at(-1)).toMatch(/ state=login last_login=\d{4}-\d\d-\d\dT\d\d:\d\dZ mac=/);
    for (let minute = 0; minute < 30; minute += 1) {
      await login();
      await write();
    }
    expect(directory.writes).toBeLessThanOrEqual(6);
    expect(records()).toHaveLength(4);
  });

  test('it is tried again with growing pauses, and the source says what failed', async () => {
    const { bind, write, directory, source, deps, clock, told, writer, statesOf } = await begin();
    await bind();
    directory.down.add(source.id);
    for (let round = 0; round < 10; round += 1) await write();
    expect(told.length).toBeLessThan(6);
    expect((await getUserSource(deps, null, source.id)).device_records).toEqual({
      written: 0,
      failed: 1,
      failure: 'nobody is there',
    });
    directory.down.clear();
    clock.turn(6 * 3_600_000);
    await writer.run();
    await writer.run();
    expect(statesOf()).toEqual(['active']);
    expect((await getUserSource(deps, null, source.id)).device_records).toMatchObject({
      failed: 0,
      failure: null,
    });
  });

  test('of several nodes one writes, at most once a minute; one that is killed is followed by the next', async () => {
    const { alice, bind, deps, directory, clock, statesOf } = await begin();
    await bind();
    clock.turn(61_000);
    const nodes = [1, 2, 3].map(() => createRecordWriter(deps));
    await Promise.all(nodes.map((node) => node.run()));
    expect(directory.writes).toBe(1);
    await bind();
    // Killed: it had claimed the user, and nothing was written down any more.
    let killed: () => void = () => undefined;
    const lost = new Promise<RewriteAnswer>((resolve) => {
      killed = () => resolve({ kind: 'unavailable', detail: 'killed' });
    });
    const dying = createRecordWriter({ ...deps, directory: { rewrite: () => lost } });
    clock.turn(61_000);
    const end = dying.run();
    const userId = await alice();
    const nextTry = async () => {
      const rows = db().read.selectFrom('directory_records').select('next_try_at');
      return Number((await rows.where('user_id', '=', userId).executeTakeFirst())?.next_try_at);
    };
    await expect.poll(nextTry).toBeGreaterThan(clock.now());
    dying.stop();
    killed();
    await end;
    await createRecordWriter(deps).run();
    expect(directory.writes).toBe(1);
    clock.turn(61_000);
    await createRecordWriter(deps).run();
    expect([directory.writes, statesOf()]).toEqual([2, ['active', 'active']]);
  });

  test('what a sync finds otherwise while it is being written is written again', async () => {
    const { bind, write, sync, deps, directory, clock, setRecords, records, statesOf } = await begin();
    await bind();
    const overtaken = createRecordWriter({
      ...deps,
      directory: {
        async rewrite(...asked) {
          const answer = await directory.rewrite(...asked);
          setRecords([]);
          await sync();
          return answer;
        },
      },
    });
    const run = async () => {
      clock.turn(61_000);
      await overtaken.run();
      expect(records()).toEqual([]);
      await write();
      expect(statesOf()).toEqual(['active']);
    };
    // Nothing was ever written of her; then what stands there is known to be wrong already.
    await run();
    setRecords([]);
    await sync();
    await run();
    await write();
    expect(directory.writes).toBe(4);
  });

  test('as many devices as a device limit may allow are written, and come back', async () => {
    const { bind, write, sync, forget, devices, statesOf, application, directory } = await begin();
    await db().write((tx) =>
      tx.updateTable('applications').set({ device_limit: 20 }).where('id', '=', application).execute(),
    );
    const all: string[] = [];
    while (all.length < 20) all.push((await bind()).id);
    await write();
    expect(statesOf()).toHaveLength(20);
    await sync();
    await write();
    expect(directory.writes).toBe(1);
    for (const id of all) await forget(id);
    await sync();
    expect(sorted(await devices())).toEqual(sorted(all));
  });

  test('C-65: two installations with one key write beside each other', async () => {
    const { bind, write, records, setRecords, deps, clock, statesOf, owner } = await begin();
    const here = await bind();
    await write();
    // What the other one wrote: a device that is not known here yet.
    const id = newId(deps, 'dev');
    const theirs = writeRecord(deps.vault, owner, {
      kind: 'revoked',
      deviceId: id,
      name: 'Theirs',
      revokedAt: 1,
    });
    setRecords([...records(), theirs]);
    await revokeDevice(deps, actor, null, here.id);
    await bind({ created_at: clock.now() });
    await write();
    expect(records()).toContain(theirs);
    expect(sorted(statesOf())).toEqual(['active', 'revoked', 'revoked']);
  });
});
