// What wakes those who wait here when another process decides: once for each change, and nobody for nothing.
import { beforeAll, describe, expect, test } from 'vitest';
import { approved, createEngine, type Engine } from '#core/authentication/login.test-support.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { createBus } from '#platform/bus.ts';
import { authRequestTopic, followFrom, userTopic, wakeAboutChanges } from './topics.ts';

onBothDatabases('changes of other processes', (db) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await createEngine(db());
  });

  describe('wake', () => {
    test('the devices when a login opens, its door when it ends, each of them once', async () => {
      const { clock } = engine;
      let followed = followFrom(clock.now());
      const user = await engine.newUser();
      const { requestId } = await engine.asked(user.username);
      // As on another node: nothing here was told of it.
      const deps = { db: db(), clock, bus: createBus() };
      const woken: string[] = [];
      deps.bus.listen(authRequestTopic(requestId), () => woken.push('door'));
      deps.bus.listen(userTopic(user.id), () => woken.push('device'));
      const follow = async (): Promise<readonly string[]> => {
        followed = await wakeAboutChanges(deps, followed);
        await Promise.resolve();
        return woken.splice(0);
      };
      expect(await follow()).toEqual(['device']);
      expect(await follow()).toEqual([]);
      await engine.end(requestId, approved);
      expect((await follow()).toSorted()).toEqual(['device', 'door']);
      expect(await follow()).toEqual([]);
    });
  });
});
