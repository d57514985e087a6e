import { allSettings, settings } from '@countersign/contract/settings.ts';
import { expect, test } from 'vitest';
import {
  actor,
  administrationDeps,
  auditTrail,
  createHandClock,
} from '#core/audit/administration.test-support.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { readConfig } from '#platform/config.ts';
import { readSetting } from '#platform/settings.ts';
import { changeSetting, cleanUpSettings, resetSetting } from './change-setting.ts';
import { listSettings } from './list-settings.ts';
import type { FixedSettings } from './setting.ts';
import { believedMs, createSettings } from './settings-reader.ts';

onBothDatabases('settings', (db) => {
  const clock = createHandClock();
  const node = (fixedSettings: FixedSettings = {}) => ({
    ...administrationDeps(db(), clock),
    settings: createSettings({ db: db(), clock }, fixedSettings),
    fixedSettings,
  });
  const one = async (deps: ReturnType<typeof node>, name: string) =>
    (await listSettings(deps, null)).items.find((item) => item.name === name);
  const lastEvent = async () => (await auditTrail(db())).at(-1);

  test('in the beginning each has its default, within its bounds', async () => {
    const { items } = await listSettings(node(), null);
    expect(items.map(({ name }) => name)).toEqual(allSettings);
    for (const { state, value, default: usual, minimum, maximum, changed_at } of items) {
      expect({ state, value, changed_at }).toEqual({ state: 'default', value: usual, changed_at: null });
      expect(minimum).toBeLessThanOrEqual(usual);
      expect(maximum).toBeGreaterThanOrEqual(usual);
    }
    expect(await node().settings.values()).toMatchObject({ request_seconds: 60, session_hours: 12 });
  });

  test('changed, set to its default, cleaned up: each is told apart and audited', async () => {
    const deps = node();
    clock.turn(1000);
    const changed = await changeSetting(deps, actor, null, { name: 'device_limit', value: 4 });
    expect(changed).toMatchObject({ value: 4, default: 1, state: 'changed', changed_at: clock.now() });
    expect(await lastEvent()).toMatchObject({
      event: 'setting.changed',
      subject_id: 'device_limit',
      data: { from: 1, to: 4 },
    });
    expect(await readSetting(deps, 'device_limit')).toBe(4);
    const row = await db().read.selectFrom('settings').selectAll().executeTakeFirstOrThrow();
    expect(row).toMatchObject({ changed_by_kind: 'console', changed_by_id: null });

    await changeSetting(deps, { kind: 'api_client', id: 'acl_1' }, null, { name: 'device_limit', value: 1 });
    expect(await one(deps, 'device_limit')).toMatchObject({ value: 1, state: 'set_to_default' });
    await changeSetting(deps, actor, null, { name: 'session_hours', value: 1 });

    const { items } = await cleanUpSettings(deps, actor, null);
    expect(items.find(({ name }) => name === 'device_limit')).toMatchObject({ state: 'default' });
    expect(items.find(({ name }) => name === 'session_hours')).toMatchObject({ state: 'changed', value: 1 });
    expect(await lastEvent()).toMatchObject({ event: 'setting.reset', subject_id: 'device_limit' });

    expect(await resetSetting(deps, actor, null, 'session_hours')).toMatchObject({
      state: 'default',
      value: 12,
    });
    expect(await lastEvent()).toMatchObject({ event: 'setting.reset', data: { from: 1 } });
  });

  test('a value that is kept already, and a reset of nothing, write nothing', async () => {
    const deps = node();
    const first = await changeSetting(deps, actor, null, { name: 'request_seconds', value: 90 });
    const told = (await auditTrail(db())).length;
    clock.turn(1000);
    expect(await changeSetting(deps, actor, null, { name: 'request_seconds', value: 90 })).toEqual(first);
    await resetSetting(deps, actor, null, 'onboarding_link_hours');
    await cleanUpSettings(deps, actor, null);
    expect(await auditTrail(db())).toHaveLength(told);
    await resetSetting(deps, actor, null, 'request_seconds');
  });

  test('another node follows within seconds, and reads no more often than that', async () => {
    const [here, there] = [node(), node()];
    expect(await readSetting(there, 'step_up_minutes')).toBe(5);
    await changeSetting(here, actor, null, { name: 'step_up_minutes', value: 7 });
    expect(await readSetting(here, 'step_up_minutes')).toBe(7);
    expect(await readSetting(there, 'step_up_minutes')).toBe(5);
    clock.turn(believedMs);
    expect(await readSetting(there, 'step_up_minutes')).toBe(7);
    await resetSetting(here, actor, null, 'step_up_minutes');
  });

  test('of two that change one at once, both are audited and one holds', async () => {
    const deps = node();
    const values = [31, 32];
    const change = (value: number) =>
      changeSetting(deps, actor, null, { name: 'session_idle_minutes', value });
    await Promise.all(values.map(change));
    expect(values).toContain((await one(deps, 'session_idle_minutes'))?.value);
    await resetSetting(deps, actor, null, 'session_idle_minutes');
  });

  test('what the environment fixes cannot be changed, whatever is kept', async () => {
    await changeSetting(node(), actor, null, { name: 'activity_days', value: 30 });
    const deps = node({ activity_days: 7 });
    expect(await one(deps, 'activity_days')).toMatchObject({
      ...{ value: 7, state: 'fixed', variable: 'COUNTERSIGN_ACTIVITY_DAYS' },
    });
    expect(await readSetting(deps, 'activity_days')).toBe(7);
    const change = changeSetting(deps, actor, null, { name: 'activity_days', value: 30 });
    await expect(change).rejects.toMatchObject({ code: 'setting_fixed' });
    expect(await resetSetting(deps, actor, null, 'activity_days')).toMatchObject({
      value: 7,
      state: 'fixed',
    });
  });

  test('values outside the declaration are refused, and kept ones from elsewhere count for nothing', async () => {
    const deps = node();
    for (const value of [9, 601, 10.5, Number.NaN])
      await expect(
        changeSetting(deps, actor, null, { name: 'request_seconds', value }),
      ).rejects.toMatchObject({ code: 'invalid_request', fields: [{ field: 'value' }] });
    const by = { changed_at: 1, changed_by_kind: 'console', changed_by_id: null };
    const rows = [
      { name: 'request_seconds', value: 100_000, ...by },
      { name: 'of_another_version', value: 1, ...by },
    ];
    await db().write((tx) => tx.insertInto('settings').values(rows).execute());
    expect(await readSetting(deps, 'request_seconds')).toBe(60);
    expect(await one(deps, 'request_seconds')).toMatchObject({ value: 60, state: 'default' });
    await cleanUpSettings(deps, actor, null);
  });

  test('a caller bound to one application is refused', async () => {
    const deps = node();
    for (const attempt of [
      () => listSettings(deps, 'app_1'),
      () => changeSetting(deps, actor, 'app_1', { name: 'device_limit', value: 2 }),
      () => resetSetting(deps, actor, 'app_1', 'device_limit'),
      () => cleanUpSettings(deps, actor, 'app_1'),
    ])
      await expect(attempt()).rejects.toMatchObject({ code: 'forbidden' });
  });
});

test('the variable of a setting takes what the setting takes', () => {
  const { minValue, maxValue } = settings.activity_days.schema;
  const read = (value: number | null) =>
    readConfig({ COUNTERSIGN_ACTIVITY_DAYS: String(value) }).activityDays;
  expect([read(minValue), read(maxValue)]).toEqual([minValue, maxValue]);
  expect(() => read((maxValue ?? 0) + 1)).toThrow('COUNTERSIGN_ACTIVITY_DAYS');
  expect(readConfig({}).activityDays).toBeUndefined();
});
