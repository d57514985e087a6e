// Third parties that ask by API: what is the same request, whose it is, and that they learn nothing about users.
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { plantDevice } from '#core/audit/administration.test-support.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { newId } from '#platform/id.ts';
import { getActivity } from './auth-request-store.ts';
import { cancelAuthRequest } from './cancel-auth-request.ts';
import { closeExpired } from './close-expired.ts';
import { createAuthRequest } from './create-auth-request.ts';
import { approved, createEngine, type Engine, never } from './login.test-support.ts';

onBothDatabases('auth requests by API', (db) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await createEngine(db());
  });

  const caller = { id: 'acl_portal', name: 'Portal', applicationId: null };
  const input = (username: string, change = {}) => ({
    application: engine.application.access_id,
    username,
    description: '',
    client_address: null,
    number_matching: false,
    ...change,
  });

  test('asked again with the same reference, a known and an unknown user’s request is the open one', async () => {
    const user = await engine.newUser();
    for (const username of [user.username, 'nobody with a reference']) {
      const ask = (reference?: string) =>
        createAuthRequest(engine.deps, caller, input(username, { reference }), never);
      const [first, again, other] = [
        await ask('transfer 1'),
        await ask('transfer 1'),
        await ask('transfer 2'),
      ];
      expect(again.id).toBe(first.id);
      expect(other.id).not.toBe(first.id);
      expect((await ask()).id).not.toBe((await ask()).id);
    }
  });

  test('requests that cannot be asked keep no later login out', async () => {
    const user = await engine.newUser({ devices: 0 });
    for (let i = 0; i < 4; i++) await createAuthRequest(engine.deps, caller, input(user.username), never);
    await plantDevice(db(), user.id, newId(engine.deps, 'dev'));
    expect(await engine.begin(user.username)).toMatchObject({ kind: 'asked' });
  });

  test('a known and an unknown user look the same, whatever time the application gives', async () => {
    await db().write((tx) =>
      tx
        .updateTable('applications')
        .set({ request_seconds: 50 })
        .where('id', '=', engine.application.id)
        .execute(),
    );
    const user = await engine.newUser();
    const known = await createAuthRequest(engine.deps, caller, input(user.username), never);
    const unknown = await createAuthRequest(engine.deps, caller, input('nobody at all'), never);
    const shape = (value: object) =>
      Object.entries(value).map(([key, each]) => [key, each === null ? null : typeof each]);
    expect(shape(unknown)).toEqual(shape(known));
    expect([known.status, unknown.status]).toEqual(['pending', 'pending']);
    expect(unknown.expires_at - unknown.created_at).toBe(known.expires_at - known.created_at);
    engine.clock.turn(60_001);
    await closeExpired(engine.deps);
    expect(await getActivity(db().read, null, unknown.id)).toMatchObject({
      status: 'expired',
      reason: 'unknown_user',
    });
  });

  test('another application’s or another client’s are not found; a cancelled one stays cancelled', async () => {
    const user = await engine.newUser();
    const bound = { ...caller, applicationId: 'app_other' };
    await expect(createAuthRequest(engine.deps, bound, input(user.username), never)).rejects.toMatchObject({
      code: 'not_found',
    });
    const { id } = await createAuthRequest(engine.deps, caller, input(user.username), never);
    await expect(
      cancelAuthRequest(engine.deps, { id: 'acl_other', name: 'Other' }, id),
    ).rejects.toMatchObject({ code: 'not_found' });
    expect(await cancelAuthRequest(engine.deps, caller, id)).toMatchObject({ status: 'cancelled' });
    await expect(cancelAuthRequest(engine.deps, caller, id)).rejects.toMatchObject({
      code: 'request_closed',
    });
    expect(await engine.end(id, approved)).toBeUndefined();
  });

  test('while the server drains, new logins are turned away', async () => {
    const user = await engine.newUser();
    const deps = { ...engine.deps, acceptsLogins: () => false };
    await expect(createAuthRequest(deps, caller, input(user.username), never)).rejects.toMatchObject({
      code: 'shutting_down',
    });
  });

  describe('the digest of a packet', () => {
    const digest = (text: string) => text.padEnd(43, '_');
    const ask = (username: string, change = {}, as = caller) =>
      createAuthRequest(engine.deps, as, input(username, change), never);
    const replayed = { code: 'packet_replayed' };

    test('a copy joins while the request is open, hears its end for a while, and asks nobody after that', async () => {
      const user = await engine.newUser();
      const copy = { packet_digest: digest('copy') };
      const { id } = await ask(user.username, { ...copy, reference: 'one' });
      expect((await ask(user.username, copy)).id).toBe(id);
      await engine.end(id, approved);
      engine.clock.turn(29_000);
      expect(await ask(user.username, { ...copy, reference: 'one' })).toMatchObject({
        id,
        status: 'approved',
      });
      engine.clock.turn(2_000);
      for (const reference of [undefined, 'one', 'two'])
        await expect(ask(user.username, { ...copy, reference })).rejects.toMatchObject(replayed);
      expect((await ask(user.username, { packet_digest: digest('next'), reference: 'one' })).id).not.toBe(id);
    });

    test('a copy of a login that shows a number is refused at once, and learns no number', async () => {
      const user = await engine.newUser();
      const copy = { packet_digest: digest('number'), number_matching: true };
      expect(await ask(user.username, copy)).toMatchObject({ status: 'pending' });
      await expect(ask(user.username, copy)).rejects.toMatchObject(replayed);
    });

    test('of a user that nobody knows is answered as any other', async () => {
      for (const numbers of [false, true]) {
        const answers = [];
        for (const username of [(await engine.newUser()).username, `nobody ${numbers}`]) {
          const copy = { packet_digest: digest(`same ${numbers}`), number_matching: numbers };
          const told = () =>
            ask(username, copy).then(
              ({ id, status }) => [id, status],
              ({ code }: { code: string }) => [code],
            );
          const [first] = await told();
          const name = ([what, ...more]: string[]) => [what === first ? 'the first' : what, ...more];
          const soon = name(await told());
          engine.clock.turn(60_001);
          const expired = name(await told());
          await closeExpired(engine.deps);
          engine.clock.turn(31_000);
          answers.push([soon, expired, name(await told())]);
        }
        expect(answers[1]).toEqual(answers[0]);
        expect(answers[0]?.at(-1)).toEqual(['packet_replayed']);
      }
    });

    test('a copy writes nothing, whether the user is known or not, while the request is open and after it', async () => {
      for (const change of [{}, { reference: 'one', reference_lasts: false }, { number_matching: true }]) {
        for (const username of [(await engine.newUser()).username, `nobody ${JSON.stringify(change)}`]) {
          const write = vi.spyOn(engine.deps.journal, 'write');
          const told = () =>
            ask(username, { packet_digest: digest('silent'), ...change }).catch(
              ({ code }: { code: string }) => code,
            );
          await told();
          await told();
          expect(write).toHaveBeenCalledTimes(1);
          engine.clock.turn(60_001);
          await closeExpired(engine.deps);
          engine.clock.turn(31_000);
          write.mockClear();
          for (let i = 0; i < 3; i++) expect(await told()).toBe('packet_replayed');
          expect(write).not.toHaveBeenCalled();
          write.mockRestore();
        }
      }
    });

    test('finds nothing of another client, another application or another user, nor of the server’s own door', async () => {
      const [user, other] = [await engine.newUser(), await engine.newUser()];
      const copy = { packet_digest: digest('mine') };
      const { id } = await ask(user.username, copy);
      expect((await ask(user.username, copy, { ...caller, id: 'acl_stranger' })).id).not.toBe(id);
      expect((await ask(other.username, copy)).id).not.toBe(id);
      const elsewhere = await createEngine(db());
      const { id: theirs } = await createAuthRequest(
        engine.deps,
        caller,
        { ...input(user.username, copy), application: elsewhere.application.access_id },
        never,
      );
      expect(theirs).not.toBe(id);
      const door = await engine.newUser();
      const packetDigest = digest('own door');
      const { requestId } = await engine.asked(door.username, { packetDigest });
      expect((await ask(door.username, { packet_digest: packetDigest })).id).not.toBe(requestId);
    });
  });
});
