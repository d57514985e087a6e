// What is summed up by the minute loses no count, also when the database is away for a while.
import { expect, test } from 'vitest';
import type { Db } from '#db/db.ts';
import { migrate } from '#db/migrate.ts';
import { openFreshSqlite } from '#db/on-both-databases.test-support.ts';
import { administrationDeps, auditTrail, createHandClock } from './administration.test-support.ts';
import { createSummedAudit } from './summed-audit.ts';

test('an event that could not be written is told of by the next, with what came meanwhile', async () => {
  const { db, remove } = await openFreshSqlite();
  try {
    await migrate(db);
    const clock = createHandClock();
    const away = new Error('the database is away');
    let write: Db['write'] = db.write;
    const deps = administrationDeps({ ...db, write: (work) => write(work) }, clock);
    const failures: unknown[] = [];
    const audit = createSummedAudit(deps, (error) => void failures.push(error));
    const tryOnce = (key = 'one') => {
      const about = { actor: { kind: 'system' }, applicationId: 'app_closed', subjectId: key } as const;
      return audit(key, { event: 'onboarding.closed', ...about });
    };

    // It fails late: another one has come by then.
    const writing = Promise.withResolvers<never>();
    write = () => writing.promise;
    const late = tryOnce();
    await tryOnce();
    writing.reject(away);
    await late;
    expect(failures).toEqual([away]);
    // A database that is away is not asked at every try, either.
    write = () => Promise.reject(away);
    await tryOnce();
    expect(failures).toHaveLength(1);
    clock.turn(60_000);
    await tryOnce();
    expect(failures).toHaveLength(2);
    clock.turn(60_000);
    write = db.write;
    await tryOnce('another');
    await tryOnce();
    await tryOnce();
    clock.turn(60_000);
    await tryOnce();
    expect((await auditTrail(db)).map(({ subject_id: key, data }) => [key, data['times']])).toEqual([
      ['another', 1],
      ['one', 5],
      ['one', 2],
    ]);
  } finally {
    await db.close();
    await remove();
  }
});
