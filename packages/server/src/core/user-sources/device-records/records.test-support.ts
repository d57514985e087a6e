// What tests of records begin with: an application with one source, alice in its directory, and what happens to her devices and records.
import type { UserSourceSyncWithChanges } from '@countersign/contract/user-source-models.ts';
import { StartSync } from '@countersign/contract/user-source-models.ts';
import { expect } from 'vitest';
import {
  actor,
  administrationDeps,
  createHandClock,
  plantApplications,
} from '#core/audit/administration.test-support.ts';
import { endThePast } from '#core/backups/end-the-past.ts';
import { addDevice } from '#core/devices/devices.test-support.ts';
import { listDevices } from '#core/devices/list-devices.ts';
import { createPasswords } from '#core/users/passwords.ts';
import type { Db } from '#db/db.ts';
import { createUserSource } from '../create-user-source.ts';
import type { DirectoryUser, RewriteAnswer } from '../directory.ts';
import { getSync } from '../follow-syncs.ts';
import { memoryDirectory, newSource, person } from '../memory-directory.test-support.ts';
import { createSyncRunner } from '../start-sync.ts';
import { openRecord } from './device-record.ts';
import { createRecordWriter } from './write-records.ts';

const p256 = async () => {
  const { publicKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, [
    'sign',
  ]);
  const { x = '', y = '' } = await crypto.subtle.exportKey('jwk', publicKey);
  return { kty: 'EC', crv: 'P-256', x, y } as const;
};

export const sorted = (texts: readonly (string | undefined)[]): readonly string[] =>
  texts.map(String).toSorted((a, b) => (a < b ? -1 : 1));

let count = 0;

/** The sources of tests before are switched off. */
export async function openRecords(db: Db, more: object = { device_attribute: 'description' }) {
  const application = `app_records_${++count}`;
  await plantApplications(db, application);
  await db.write((tx) => tx.updateTable('user_sources').set({ enabled: 0 }).execute());
  await db.write((tx) =>
    tx.updateTable('applications').set({ device_limit: 2 }).where('id', '=', application).execute(),
  );
  await db.write((tx) =>
    tx
      .insertInto('certificate_authorities')
      .values({
        ...{
          id: 'authority',
          kind: 'single',
          certificate: '',
          issuers: '[]',
          private_key: '',
          crl_number: 1,
        },
        ...{ crl: null, crl_revoked_count: 0, crl_this_update: 0, crl_next_update: 0, created_at: 0 },
      })
      .onConflict((c) => c.doNothing())
      .execute(),
  );
  const directory = memoryDirectory();
  const clock = createHandClock();
  const told: RewriteAnswer['kind'][] = [];
  const recordsWritten = (_: string, result: RewriteAnswer['kind']) => void told.push(result);
  const base = {
    ...administrationDeps(db, clock),
    directory,
    passwords: createPasswords(),
    recordsWritten,
  };
  const deps = { ...base, syncs: createSyncRunner(base, (error) => expect.unreachable(String(error))) };
  const source = await createUserSource(deps, actor, null, application, newSource(more));
  directory.people.set(source.id, [person('alice')]);
  const sync = async (input: object = {}): Promise<UserSourceSyncWithChanges> => {
    clock.turn(1000);
    const { id, ended } = await deps.syncs.begin(actor, null, source.id, StartSync.parse(input));
    await ended;
    return getSync(deps, null, id);
  };
  const alice = async () => {
    const user = await db.read
      .selectFrom('users')
      .select('id')
      .where('application_id', '=', application)
      .where('username', '=', 'alice')
      .executeTakeFirstOrThrow();
    return user.id;
  };
  await sync();
  const writer = createRecordWriter(deps);
  const write = async () => {
    clock.turn(61_000);
    await writer.run();
  };
  const records = (): readonly string[] => directory.people.get(source.id)?.[0]?.records ?? [];
  const setRecords = (values: readonly string[]) => {
    const people = directory.people.get(source.id) ?? [];
    directory.people.set(source.id, [{ ...(people[0] as DirectoryUser), records: values }]);
  };
  const testing = { ...deps, journal: undefined as never, proofRefused: () => undefined, refusals: [] };
  const bind = async (fields = {}) =>
    addDevice(testing as never, await alice(), await p256(), { created_at: clock.now(), ...fields });
  const devices = async () => {
    const { items } = await listDevices(deps, null, { user_id: await alice(), limit: 50 });
    return items.filter(({ revoked_at: at }) => at === null).map(({ id }) => id);
  };
  /** As if the database had been restored from a backup made before that device was bound. */
  const forget = (deviceId: string) =>
    db.write(async (tx) => {
      await tx.deleteFrom('devices').where('id', '=', deviceId).execute();
      await tx.deleteFrom('certificates').where('device_id', '=', deviceId).execute();
      await endThePast(tx, deps, actor);
    });
  const owner = {
    ...{ installationId: deps.installation.id, applicationId: application },
    ...{ sourceId: source.id, guid: 'guid of alice' },
  };
  /** What the first record of all says. */
  const firstRecord = () => {
    const opened = openRecord(deps.vault, owner, records()[0] ?? '');
    return opened.kind === 'genuine' ? opened.record : expect.unreachable('it is ours');
  };
  const statesOf = () => records().map((text) => / state=(\w+)/.exec(text)?.[1]);
  return {
    ...{
      application,
      directory,
      clock,
      deps,
      source,
      sync,
      alice,
      writer,
      write,
      records,
      setRecords,
      bind,
    },
    ...{ devices, forget, statesOf, told, owner, firstRecord },
  };
}
