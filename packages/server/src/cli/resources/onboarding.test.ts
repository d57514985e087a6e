// countersign onboarding and applications requirements: what an administrator with a shell sees and decides.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Application, User } from '@countersign/contract/models.ts';
import type { OnboardingProcessWithSteps, Requirements } from '@countersign/contract/onboarding-models.ts';
import { openApp } from '#app';
import type { OnboardingProcessTable } from '#db/onboarding-tables.ts';
import { readConfig } from '#platform/config.ts';
import { newId } from '#platform/id.ts';
import { createLog } from '#platform/log.ts';
import { type Bench, createBench } from '../cli.test-support.ts';

let bench: Bench;
let application: Application;
let user: User;
beforeAll(async () => {
  bench = createBench();
  await bench.run(['migrate']);
  application = await bench.json<Application>(['applications', 'create', '--name', 'VPN']);
  user = await bench
    .json<User>(['users', 'create', '--application', 'VPN', '--username', 'alice'])
    .catch(async () =>
      bench.json<User>(['users', 'create', '--application-id', application.id, '--username', 'alice']),
    );
});
afterAll(() => bench.remove());

/** A phone that waits to be compared in person, as the server keeps it. */
async function plantWaiting(): Promise<string> {
  const app = await openApp(readConfig(bench.env), createLog('silent', { write: () => {} }));
  const now = app.clock.now();
  const row: OnboardingProcessTable = {
    id: newId(app, 'onp'),
    application_id: application.id,
    key_thumbprint: `key ${now}`,
    status: 'open',
    ending: null,
    refusal: null,
    requirements_revision: (await bench.json<Requirements>(['applications', 'requirements', 'VPN'])).revision,
    kinds: '["manual"]',
    position: 0,
    tries: 1,
    state: '{"asks":"manual"}',
    waits_for: 'administrator',
    user_id: null,
    username: 'alice',
    vouched: 0,
    device_name: 'Alice’s phone',
    platform: 'web',
    app_version: '1',
    address: '192.0.2.1',
    device_id: null,
    ready_at: null,
    created_at: now,
    updated_at: now,
    expires_at: now + 3_600_000,
    ended_at: null,
    steps: `${JSON.stringify([now, 'manual', 'picture_shown', { username: 'alice' }])}\n`,
  };
  await app.db.write((tx) => tx.insertInto('onboarding_processes').values(row).execute());
  await app.close();
  return row.id;
}

test('requirements: shown, set in an order, refused when they are none, a risk acknowledged', async () => {
  const shown = await bench.run(['applications', 'requirements', 'VPN']);
  expect(shown.out).toContain('1. activation_link: Onboarding link');
  const set = (...args: string[]) => bench.run(['applications', 'requirements', 'VPN', '--set', ...args]);
  expect((await set('telepathy')).code).toBe(2);
  expect((await set('administrator_approval')).err).toContain('the first must say who the person is');
  expect((await set('simple_credentials')).err).toContain('password_binds_device');
  const accepted = await set('simple_credentials', '--acknowledge', 'password_binds_device');
  expect(accepted.out).toContain('Risk password_binds_device: The password alone binds a phone');
  expect((await set('simple_credentials,manual')).out).toContain('2. manual: In person');
  const { revision } = await bench.json<Requirements>(['applications', 'requirements', 'VPN']);
  expect(revision).toBe(2);
});

test('a process: listed, shown with the words to compare, approved, refused, destroyed', async () => {
  await bench.run(['applications', 'requirements', 'VPN', '--set', 'manual']);
  const id = await plantWaiting();
  const list = ['onboarding', 'list', '--application', 'VPN', '--waits-for', 'administrator'];
  expect((await bench.run(list)).out).toContain(id);
  expect((await bench.run(['onboarding', 'list'])).code).toBe(2);
  const shown = await bench.run(['onboarding', 'show', id]);
  expect(shown.out).toMatch(/words +\w+ \w+ \w+ \w+ \w+\n/);
  expect(shown.out).toContain(`alice (${user.id})`);
  const decide = (...args: string[]) => bench.run(['onboarding', 'decide', ...args]);
  expect((await decide(id)).code).toBe(2);
  expect((await decide(id, '--approve', 'alice')).code).toBe(2);
  expect((await decide(id, '--approve', user.id)).out).toContain('[manual] Approved by the command line.');
  const other = await plantWaiting();
  expect((await decide(other, '--refuse', 'Nobody came')).out).toContain('Nobody came');
  expect((await decide(other, '--refuse', 'Nobody came')).code).not.toBe(0);
  expect((await bench.run(['onboarding', 'destroy', id])).code).toBe(2);
  const ended = await bench.json<OnboardingProcessWithSteps>(['onboarding', 'destroy', id, '--yes']);
  expect(ended.status).toBe('destroyed');
});
