// A database that can be read but not written is not well, and is well again as soon as it can be written.
import { expect, test } from 'vitest';
import { Unavailable } from '#platform/problem.ts';
import { onBothDatabases } from './on-both-databases.test-support.ts';
import { watchWrites } from './watch-writes.ts';

onBothDatabases('watched writes', (db) => {
  test('ping fails while writes fail, and recovers by a write of its own', async () => {
    let failing = true;
    const inner = db();
    const flaky = watchWrites({
      ...inner,
      write: (work) =>
        failing ? Promise.reject(new Unavailable('database', 'read-only')) : inner.write(work),
    });
    await flaky.ping();
    await expect(flaky.write(async () => 'done')).rejects.toThrow(Unavailable);
    await expect(flaky.ping()).rejects.toThrow(Unavailable);
    await expect(flaky.ping()).rejects.toThrow(Unavailable);
    failing = false;
    await flaky.ping();
    await flaky.ping();
  });

  test('what a caller does wrong says nothing about the database', async () => {
    const watched = watchWrites(db());
    await expect(watched.write(() => Promise.reject(new Error('changed my mind')))).rejects.toThrow('mind');
    await watched.ping();
  });
});
