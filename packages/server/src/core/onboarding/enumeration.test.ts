// Nobody learns from onboarding whether a user exists: the answers are the same to the letter, and take as long.
import { expect, test } from 'vitest';
import { openFreshSqlite } from '#db/on-both-databases.test-support.ts';
import { migrate } from '#db/migrate.ts';
import { Problem } from '#platform/problem.ts';
import { openEnrolment } from './enrolment.test-support.ts';

const rounds = 12;
const median = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[times.length >> 1] ?? 0;

test('unknown, wrong, without a password and disabled are one answer in one time', {
  timeout: 60_000,
}, async () => {
  const { db, remove } = await openFreshSqlite();
  try {
    await migrate(db);
    const it = await openEnrolment(db);
    const application = await it.application(['simple_credentials']);
    const other = { password: 'correct horse' };
    await it.user(application, { username: 'wrong', ...other });
    await it.user(application, { username: 'none' });
    await it.user(application, { username: 'disabled', enabled: 0, ...other });
    const names = ['unknown', 'wrong', 'none', 'disabled'] as const;
    const times = new Map<string, number[]>(names.map((name) => [name, []]));
    const answers = new Set<string>();
    for (let round = 0; round < rounds; round += 1)
      for (const username of names) {
        const phone = await it.phone(application, { address: `198.51.100.${round}` });
        await phone.begin();
        it.deps.clock.at += 600_000;
        const password = username === 'disabled' ? other.password : 'wrong horse';
        const began = performance.now();
        const error = await phone
          .give({ kind: 'simple_credentials', username, password })
          .catch((e: unknown) => e);
        times.get(username)?.push(performance.now() - began);
        answers.add(
          error instanceof Problem ? JSON.stringify([error.code, error.detail, error.fields]) : 'none',
        );
        answers.add(
          JSON.stringify({ ...(await phone.look()), process_id: '', expires_at: 0, server_time: 0 }),
        );
      }
    expect(answers.size).toBe(2);
    const medians = names.map((name) => median(times.get(name) ?? []));
    // Printed to be looked at; what is asserted is only that nobody is spared the check of a password.
    process.stdout.write(
      `medians in ms: ${names.map((name, i) => `${name} ${medians[i]?.toFixed(1)}`).join(', ')}\n`,
    );
    expect(Math.min(...medians)).toBeGreaterThan(Math.max(...medians) / 4);
  } finally {
    await db.close();
    await remove();
  }
});
