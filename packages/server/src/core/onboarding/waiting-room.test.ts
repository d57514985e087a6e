import { beforeAll, expect, test } from 'vitest';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { decideProcess } from './decide-process.ts';
import { anna, type Enrolment, openEnrolment } from './enrolment.test-support.ts';

onBothDatabases('waiting for an administrator', (db) => {
  let it: Enrolment;
  beforeAll(async () => {
    it = await openEnrolment(db());
  });

  test('ten of one user may wait, so that whoever knows a password does not fill the list; others still do', async () => {
    const application = await it.application(['simple_credentials', 'administrator_approval']);
    const password = 'lantern orchid';
    await it.user(application, { username: 'alice', password });
    await it.user(application, { username: 'bob', password });
    const waiting = async (username: string) => {
      const phone = await it.phone(application);
      await phone.begin();
      await phone.give({ kind: 'simple_credentials', username, password });
      const asked = await phone.give({ kind: 'administrator_approval' }).catch(() => undefined);
      return asked && phone;
    };
    const [first] = await Promise.all(Array.from({ length: 10 }, () => waiting('alice')));
    expect(await waiting('alice')).toBeUndefined();
    expect(await waiting('bob')).toBeDefined();
    await decideProcess(it.deps, anna, null, first!.id, { decision: 'refuse', reason: '' });
    expect(await waiting('alice')).toBeDefined();
  });
});
