// Onboarding processes: one after the other in order, resumed, ended.
import * as device from '@countersign/contract/onboarding-device-models.ts';
import * as model from '@countersign/contract/onboarding-models.ts';
import { beforeAll, expect, test } from 'vitest';
import { auditOf } from '#core/devices/devices.test-support.ts';
import { createThrottle } from '#core/throttles/throttles.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { Problem } from '#platform/problem.ts';
import { expireProcesses, forgetProcesses } from './close-processes.ts';
import { decideProcess } from './decide-process.ts';
import { destroyProcess } from './destroy-process.ts';
import {
  anna,
  credentials,
  type Enrolment,
  never,
  openEnrolment,
  phoneOf,
} from './enrolment.test-support.ts';
import { listProcesses } from './list-processes.ts';
import type { ProcessFilter } from './look-at-processes.ts';
import { maxTries, processMs, waitingMs } from './process.ts';

const wrong = { ...credentials, password: 'wrong horse' };
const problem = (code: string): unknown => expect.objectContaining({ code });
const codeOf = (error: unknown) => (error instanceof Problem ? error.code : String(error));

onBothDatabases('onboarding processes', (db) => {
  let it: Enrolment;
  beforeAll(async () => {
    it = await openEnrolment(db());
  });
  const devicesOf = (userId: string) =>
    db().read.selectFrom('devices').selectAll().where('user_id', '=', userId).execute();

  test('from nothing to a bound device, as the schemas say it', async () => {
    const { application, user, phone } = await it.withPassword();
    const begun = await phone.begin();
    expect(device.OwnProcess.strict().parse(begun)).toEqual(begun);
    expect(begun).toMatchObject({
      status: 'open',
      may_complete: false,
      user: null,
      requirements: [{ kind: 'simple_credentials', state: 'next' }],
      next: { kind: 'simple_credentials', state: 'input', tries_left: maxTries },
    });
    await expect(phone.complete()).rejects.toEqual(problem('requirements_unmet'));
    const met = await phone.give(credentials);
    expect(met).toMatchObject({ may_complete: true, next: null, user: { username: 'alice' } });
    const bound = await phone.complete();
    const [row] = await devicesOf(user.id);
    expect(row).toMatchObject({ id: bound.device_id, key_thumbprint: phone.thumbprint });
    const shown = await it.show(phone.id);
    expect(model.OnboardingProcessWithSteps.strict().parse(shown)).toEqual(shown);
    expect(shown).toMatchObject({
      status: 'completed',
      device_id: bound.device_id,
      user_id: user.id,
      ending: null,
    });
    expect(shown.steps.map(({ group, code }) => `${group} ${code}`)).toEqual([
      'system begun',
      'simple_credentials user_found',
      'simple_credentials password_correct',
      'simple_credentials met',
      'system ready',
      'system completed',
    ]);
    expect(shown.steps.every(({ text }) => !/[{}]|unknown/.test(text))).toBe(true);
    expect(await auditOf(it.deps, phone.id)).toEqual(['onboarding.met']);
    expect(await auditOf(it.deps, bound.device_id)).toEqual(['device.onboarded']);
    const list = await listProcesses(it.deps, null, application.id, { limit: 10 });
    expect(list.items.map(({ id }) => id)).toEqual([phone.id]);
  });

  test('requirements are met in their order only', async () => {
    const { application, user, phone } = await it.withPassword([
      'simple_credentials',
      'administrator_approval',
    ]);
    await phone.begin();
    await expect(phone.give({ kind: 'administrator_approval' })).rejects.toEqual(problem('out_of_order'));
    await expect(
      decideProcess(it.deps, anna, null, phone.id, { decision: 'approve', user_id: user.id }),
    ).rejects.toEqual(problem('out_of_order'));
    expect((await phone.give(credentials)).next).toMatchObject({
      kind: 'administrator_approval',
      state: 'input',
    });
    await expect(phone.give(credentials)).rejects.toEqual(problem('out_of_order'));
    await expect(phone.complete()).rejects.toEqual(problem('requirements_unmet'));
    expect((await phone.give({ kind: 'administrator_approval' })).next).toMatchObject({ state: 'waiting' });
    const waiting = await listProcesses(it.deps, null, application.id, {
      limit: 10,
      waits_for: 'administrator',
    });
    expect(waiting.items).toHaveLength(1);
    await it.approve(phone.id, user.id);
    expect((await phone.look()).may_complete).toBe(true);
    await phone.complete();
    expect(await it.stepsOf(phone.id)).toContain('out_of_order');
  });

  test('the list says what went wrong, and finds who typed what in vain', async () => {
    const { application, phone } = await it.withPassword();
    const other = await it.phone(application);
    await other.begin();
    await other.give({ ...wrong, username: 'B"ö*b' }).catch(() => undefined);
    await phone.begin();
    const list = (filter: Partial<ProcessFilter> = {}) =>
      listProcesses(it.deps, null, application.id, { limit: 10, ...filter });
    const found = async (filter: Partial<ProcessFilter>) => (await list(filter)).items.map(({ id }) => id);
    expect((await list()).items[0]?.last_failure).toBeNull();
    await phone.give(wrong).catch(() => undefined);
    const [failed, missed] = (await list()).items;
    expect(failed).toMatchObject({
      username: 'alice',
      user_id: null,
      last_failure: { code: 'password_wrong', outcome: 'bad', text: 'The password was wrong.' },
    });
    expect(missed).toMatchObject({ username: 'B"ö*b', last_failure: { code: 'user_not_found' } });
    expect(failed?.last_failure?.remedy).toMatch(/password/);
    expect(await found({ username: 'ALI' })).toEqual([phone.id]);
    expect(await found({ username: 'b"Ö*' })).toEqual([other.id]);
    expect(await found({ username: 'b*' })).toEqual([]);
    expect(await found({ username: 'lice' })).toEqual([]);
    expect(await found({ username: '\0' })).toEqual([]);
    await phone.give(credentials);
    expect((await list()).items[0]).toMatchObject({ username: 'alice', last_failure: null });
    expect(await found({ username: 'al', status: 'open' })).toEqual([phone.id]);
    const { created_at: at } = (await list()).items[0]!;
    expect(await found({ from: at + 1 })).toEqual([]);
    expect(await found({ from: at, until: at + 1, username: 'al' })).toEqual([phone.id]);
    expect(await found({ until: at })).toEqual([other.id]);
    const first = await list({ limit: 1, from: 0 });
    expect(first.nextCursor).not.toBeNull();
  });

  test('the same key goes on where it left off, another key begins by itself', async () => {
    const { application, phone } = await it.withPassword(['simple_credentials', 'administrator_approval']);
    const { process_id: first } = await phone.begin();
    await phone.give(credentials);
    const resumed = await phone.begin();
    expect(resumed).toMatchObject({ process_id: first, next: { kind: 'administrator_approval' } });
    const other = await it.phone(application);
    expect((await other.begin()).process_id).not.toBe(first);
    other.take(first);
    for (const call of [() => other.look(), () => other.give(credentials), () => other.complete()])
      await expect(call()).rejects.toEqual(problem('process_unknown'));
  });

  test('two beginnings of one key at once are one process', async () => {
    const { application, phone } = await it.withPassword();
    const twin = phoneOf(it.deps, application, phone.own);
    const [one, two] = await Promise.all([phone.begin(), twin.begin()]);
    expect(one.process_id).toBe(two.process_id);
  });

  test('is over when its time is, and what only knocked leaves no trace for long', async () => {
    const { phone } = await it.withPassword();
    await phone.begin();
    it.deps.clock.at += processMs;
    expect(await phone.look()).toMatchObject({ status: 'expired', ending: 'expired', next: null });
    await expect(phone.give(credentials)).rejects.toEqual(problem('process_ended'));
    expect(await auditOf(it.deps, phone.id)).toEqual([]);
    const again = await phone.begin();
    expect(again.status).toBe('open');
    it.deps.clock.at += processMs;
    await expireProcesses(it.deps);
    expect((await it.show(phone.id)).status).toBe('expired');
    it.deps.clock.at += 3_600_001;
    expect(await forgetProcesses(it.deps, 0)).toBeGreaterThanOrEqual(2);
    await expect(it.show(phone.id)).rejects.toEqual(problem('not_found'));
  });

  test('who waits for an administrator has days, and one that met something is remembered', async () => {
    const { phone } = await it.withPassword(['simple_credentials', 'administrator_approval']);
    await phone.begin();
    await phone.give(credentials);
    await phone.give({ kind: 'administrator_approval' });
    it.deps.clock.at += waitingMs - 60_000;
    await expireProcesses(it.deps);
    expect((await phone.look()).status).toBe('open');
    it.deps.clock.at += 60_000;
    await expireProcesses(it.deps);
    expect((await phone.look()).status).toBe('expired');
    expect(await auditOf(it.deps, phone.id)).toEqual(['onboarding.met', 'onboarding.expired']);
    it.deps.clock.at += 3_600_001;
    await forgetProcesses(it.deps, 30);
    expect((await it.show(phone.id)).status).toBe('expired');
    it.deps.clock.at += 30 * 86_400_000;
    await forgetProcesses(it.deps, 30);
    await expect(it.show(phone.id)).rejects.toEqual(problem('not_found'));
  });

  test('ends with the last try, however many are made at once', async () => {
    const { application, user, phone } = await it.withPassword();
    await phone.begin();
    const open = createThrottle(it.deps.clock, { burst: 1000, perMinute: 1000 });
    const unthrottled = {
      begunBySource: open,
      begunByApplication: open,
      process: open,
      source: open,
      application: open,
    };
    const eager = phoneOf({ ...it.deps, onboardingThrottles: unthrottled }, application, phone.own);
    eager.take(phone.id);
    const answers = await Promise.all(
      Array.from({ length: maxTries + 4 }, () => eager.give(wrong).catch(codeOf)),
    );
    for (const answer of answers)
      expect(typeof answer === 'string' ? answer : answer.status).toMatch(
        // The last of them may come when the others have ended it.
        /^(?:step_not_accepted|process_ended|refused)$/,
      );
    expect(await phone.look()).toMatchObject({ status: 'refused', ending: 'too_many_tries' });
    // The administrator sees whom somebody said to be.
    expect(await it.show(phone.id)).toMatchObject({ username: 'alice', user_id: null });
    // What comes to its end after the end is not told any more, but none was looked at beyond the last.
    const tried = (await it.stepsOf(phone.id)).filter(
      (code) => code === 'password_wrong' || code === 'throttled',
    );
    expect(tried.length).toBeLessThanOrEqual(maxTries);
    const { tries } = await db()
      .read.selectFrom('onboarding_processes')
      .select('tries')
      .where('id', '=', phone.id)
      .executeTakeFirstOrThrow();
    expect(tries).toBe(maxTries);
    await expect(phone.give(credentials)).rejects.toEqual(problem('process_ended'));
    expect(await devicesOf(user.id)).toEqual([]);
    expect(await auditOf(it.deps, phone.id)).toEqual(['onboarding.refused']);
  });

  test('changing the requirements ends what is under way', async () => {
    const { application, phone } = await it.withPassword();
    await phone.begin();
    await phone.give(credentials);
    await it.require(application, ['simple_credentials', 'manual'], 1);
    await expect(phone.complete()).rejects.toEqual(problem('process_ended'));
    expect(await phone.look()).toMatchObject({ status: 'destroyed', ending: 'requirements_changed' });
    expect((await phone.begin()).requirements).toHaveLength(2);
  });

  test('an administrator ends one; the device can begin afresh', async () => {
    const { phone } = await it.withPassword();
    await phone.begin();
    await phone.give(credentials);
    const ended = await destroyProcess(it.deps, anna, null, phone.id);
    expect(ended).toMatchObject({ status: 'destroyed', waits_for: null });
    expect(ended.steps.at(-1)?.text).toBe('Destroyed by anna; the device may begin afresh.');
    await expect(destroyProcess(it.deps, anna, null, phone.id)).rejects.toEqual(problem('process_ended'));
    const first = phone.id;
    expect((await phone.begin()).process_id).not.toBe(first);
    expect(await auditOf(it.deps, first)).toEqual(['onboarding.met', 'onboarding.destroyed']);
  });

  test('nobody sees or ends the process of an application that is not theirs', async () => {
    const { application, phone } = await it.withPassword();
    await phone.begin();
    const other = (await it.withPassword()).application.id;
    await expect(destroyProcess(it.deps, anna, other, phone.id)).rejects.toEqual(problem('not_found'));
    await expect(listProcesses(it.deps, other, application.id, { limit: 1 })).rejects.toEqual(
      problem('not_found'),
    );
    await expect(
      decideProcess(it.deps, anna, other, phone.id, { decision: 'refuse', reason: 'no' }),
    ).rejects.toEqual(problem('not_found'));
  });

  test('whoever waits is told at once when it changes, and after the time when it does not', async () => {
    const { user, phone } = await it.withPassword(['simple_credentials', 'administrator_approval']);
    await phone.begin();
    await phone.give(credentials);
    await phone.give({ kind: 'administrator_approval' });
    const looking = phone.look(20_000);
    await it.approve(phone.id, user.id);
    expect((await looking).may_complete).toBe(true);
    const left = new AbortController();
    const ended = phone.look(20_000, left.signal);
    left.abort();
    expect((await ended).may_complete).toBe(true);
    expect(never.aborted).toBe(false);
  });

  test('a user who is disabled or deleted meanwhile gets no device', async () => {
    for (const take of ['disable', 'delete'] as const) {
      const { user, phone } = await it.withPassword();
      await phone.begin();
      await phone.give(credentials);
      await db().write<unknown>(
        (tx): Promise<unknown> =>
          take === 'delete'
            ? tx.deleteFrom('users').where('id', '=', user.id).execute()
            : tx.updateTable('users').set({ enabled: 0 }).where('id', '=', user.id).execute(),
      );
      await expect(phone.complete()).rejects.toEqual(problem('user_disabled'));
      expect((await phone.look()).status).toBe('open');
    }
  });

  test('a closed enrolment and a disabled application let nobody begin, go on or finish', async () => {
    const { application, phone } = await it.withPassword();
    await phone.begin();
    await phone.give(credentials);
    const set = (fields: { enrolment?: 'open' | 'closed'; enabled?: 0 | 1 }) =>
      db().write((tx) =>
        tx.updateTable('applications').set(fields).where('id', '=', application.id).execute(),
      );
    await set({ enrolment: 'closed' });
    await expect(phone.begin()).rejects.toEqual(problem('enrolment_closed'));
    await expect(phone.give(credentials)).rejects.toEqual(problem('enrolment_closed'));
    await expect(phone.complete()).rejects.toEqual(problem('enrolment_closed'));
    await set({ enrolment: 'open', enabled: 0 });
    await expect(phone.complete()).rejects.toEqual(problem('enrolment_closed'));
    await set({ enabled: 1 });
    await phone.complete();
  });
});
