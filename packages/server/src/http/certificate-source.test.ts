// Where certificates of devices come from, over HTTP: who may see, change and test it, and what comes back.
import { expect, onTestFinished, test } from 'vitest';
import { createHandClock } from '#core/audit/administration.test-support.ts';
import { memoryScep, newScepSource } from '#core/certificate-sources/memory-scep.test-support.ts';
import { openFreshSqlite } from '#db/on-both-databases.test-support.ts';
import { migrate } from '#db/migrate.ts';
import { becomeOwner, goodPassword, openBrowser, openDoorAt } from './sessions.test-support.ts';

const path = '/v1/certificate-source';

test('an owner sees, tests and changes where certificates of devices come from, and nobody else', async () => {
  const { db, remove } = await openFreshSqlite();
  onTestFinished(async () => {
    await db.close();
    await remove();
  });
  await migrate(db);
  const scep = memoryScep();
  const clock = createHandClock();
  const door = await openDoorAt(db, 'https://mfa.example.test', clock, scep);
  const owner = await becomeOwner(door);
  expect((await owner.call('GET', path)).body).toEqual({ from: 'own', scep: null, changed_at: null });

  const { from, ...fields } = newScepSource({ challenge: 'static', challenge_url: '', secret: 'hidden 42' });
  const input = { from, ...fields };
  scep.fails = 'It has another fingerprint.';
  const tested = await door.door.app.inject({
    method: 'POST',
    url: `${path}/test`,
    headers: { cookie: owner.cookie(), origin: door.publicUrl, 'sec-fetch-site': 'same-origin' },
    payload: input,
  });
  expect([tested.statusCode, tested.headers['content-type']]).toEqual([200, 'application/x-ndjson']);
  const lines = tested.body.trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { step: 'answer', passed: true },
    { step: 'fingerprint', passed: false, sentence: scep.fails },
  ]);
  const unsuitable = await owner.call('PUT', path, input);
  expect([unsuitable.status, unsuitable.body.code]).toEqual([422, 'certificate_source_unsuitable']);
  scep.fails = undefined;
  const changed = await owner.call('PUT', path, input);
  expect([changed.status, changed.body['from']]).toEqual([200, 'scep']);
  expect((await owner.call('GET', path)).body).toEqual(changed.body);
  expect(JSON.stringify(changed.body)).not.toContain('hidden 42');

  // What is not asked for by the form, or would be sent elsewhere.
  for (const [more, field] of [
    [{ url: 'ftp://scep.example.com' }, 'url'],
    [{ fingerprint: 'ab' }, 'fingerprint'],
    [{ url: 'http://evil.example/scep', secret: undefined }, 'secret'],
  ] as const) {
    const { status, body } = await owner.call('PUT', path, { ...input, ...more });
    expect([status, body['errors']]).toEqual([400, [expect.objectContaining({ field })]]);
  }

  const made = await owner.call('POST', '/v1/administrators', { username: 'henry', role: 'administrator' });
  const henry = openBrowser(door, '192.0.2.8');
  const token = String(made.body['invitation_link']).split('/').at(-1);
  await henry.call('POST', '/v1/setup', { token, username: 'henry', password: goodPassword });
  const nobody = openBrowser(door, '192.0.2.9');
  const asked = scep.probed.length;
  for (const [method, at] of [
    ['PUT', path],
    ['POST', `${path}/test`],
  ] as const) {
    expect((await henry.call(method, at, input)).status).toBe(403);
    expect((await nobody.call(method, at, input)).status).toBe(401);
  }
  expect(scep.probed).toHaveLength(asked);
  // What takes over devices wants a proof that is minutes old.
  clock.turn(20 * 60_000);
  expect((await owner.call('PUT', path, { from: 'own' })).body.code).toBe('step_up_required');
});
