import { NewRadiusClient } from '@countersign/contract/radius-models.ts';
import { beforeAll, expect, test } from 'vitest';
import {
  actor,
  administrationDeps,
  auditTrail,
  createHandClock,
  plantApplications,
} from '#core/audit/administration.test-support.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { createRadiusClient } from './create-radius-client.ts';
import { type LoginToPlay, type PlayLogin, testLogin } from './test-login.ts';

const application = 'app_01900000-0000-7000-8000-000000000001';

onBothDatabases('a login that is played', (db) => {
  const clock = createHandClock();
  let client: string;
  beforeAll(async () => {
    await plantApplications(db(), application);
    const input = { name: 'VPN', application_id: application, network: '192.0.2.1' };
    const deps = administrationDeps(db(), clock);
    client = (await createRadiusClient(deps, actor, null, NewRadiusClient.parse(input))).id;
  });

  const login = (change: Partial<LoginToPlay> = {}): LoginToPlay => ({
    ...{ clientId: client, username: 'alice', password: 'secret', from: '203.0.113.9' },
    ...change,
  });
  const run = (
    playLogin: PlayLogin,
    given = login(),
    {
      visible = null,
      signal = new AbortController().signal,
    }: { visible?: string | null; signal?: AbortSignal } = {},
  ) => testLogin({ ...administrationDeps(db(), clock), playLogin }, actor, visible, given, signal);
  const accepts: PlayLogin = async () => {
    clock.turn(1234);
    return { answer: 'accepted', requestId: 'req_1', message: null };
  };

  test('its answer is told with the auth request and the time it took, and the audit trail knows who asked', async () => {
    const played: LoginToPlay[] = [];
    const result = await run((given, signal) => {
      played.push(given);
      return accepts(given, signal);
    });
    expect(played).toEqual([login()]);
    expect(result).toEqual({
      answer: 'accepted',
      auth_request_id: 'req_1',
      message: null,
      duration_ms: 1234,
    });
    const event = (await auditTrail(db())).at(-1);
    expect(event).toEqual({
      ...{ event: 'test_login.played', subject_id: client, application_id: application },
      ...{ actor_kind: 'console', data: { username: 'alice' } },
    });
    expect(JSON.stringify(event)).not.toContain('secret');
  });

  test('it ends when the caller goes away', async () => {
    const gone = new AbortController();
    const waits: PlayLogin = (_, signal) =>
      new Promise((resolve) => {
        const ended = { answer: 'silence', requestId: null, message: null } as const;
        signal.addEventListener('abort', () => resolve(ended));
        gone.abort();
      });
    expect(await run(waits, login(), { signal: gone.signal })).toMatchObject({ answer: 'silence' });
  });

  test('a client that the caller may not see, or that is not there, is not played', async () => {
    const never: PlayLogin = () => Promise.reject(new Error('played'));
    const other = login({ clientId: 'rcl_01900000-0000-7000-8000-00000000000f' });
    await expect(run(never, other)).rejects.toMatchObject({ code: 'not_found' });
    await expect(run(never, login(), { visible: 'app_other' })).rejects.toMatchObject({ code: 'not_found' });
  });

  test.each([
    ['username', 'ü'.repeat(127)],
    ['password', '€'.repeat(43)],
  ])('a %s longer than RADIUS can carry is refused', async (field, text) => {
    await expect(run(accepts, login({ [field]: text }))).rejects.toMatchObject({
      code: 'invalid_request',
      fields: [{ field }],
    });
    expect(await run(accepts, login({ [field]: text.slice(1) }))).toMatchObject({ answer: 'accepted' });
  });
});
