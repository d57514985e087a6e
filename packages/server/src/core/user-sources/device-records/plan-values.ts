// What has to change in the attribute of one person, so that it says what it should. Values of others are never touched, and what another
// installation with the same key wrote gives way only where this one knows better.
import type { ValueChange } from '../directory.ts';
import type { Vault } from '#platform/vault.ts';
import {
  type DeviceRecord,
  type LoginRecord,
  openRecord,
  type RecordOwner,
  writeRecord,
} from './device-record.ts';
import { type OwnTexts, recordLimits } from './record-state.ts';

export interface Planned {
  readonly vault: Vault;
  readonly owner: RecordOwner;
  readonly own: OwnTexts;
  /** Of the user, here. */
  readonly deviceIds: ReadonlySet<string>;
  /** Which of these devices were removed here together with their user, and when. */
  readonly removedHere: (deviceIds: readonly string[]) => Promise<ReadonlyMap<string, number>>;
}

/** Tombstones of devices that are not known here: as many as another installation with the same key leaves. */
const mostForeignTombstones = recordLimits.revoked;

interface Standing<Of> {
  readonly text: string;
  readonly record: Of;
}

export async function planValues(planned: Planned, values: readonly string[]): Promise<ValueChange> {
  const { vault, owner } = planned;
  const remove: string[] = [];
  const devices: Standing<DeviceRecord>[] = [];
  const logins: Standing<LoginRecord>[] = [];
  for (const value of new Set(values)) {
    const opened = openRecord(vault, owner, value);
    if (opened.kind === 'foreign') continue;
    if (opened.kind === 'not_genuine') remove.push(value);
    else if (opened.record.kind === 'login') logins.push({ text: value, record: opened.record });
    else devices.push({ text: value, record: opened.record });
  }
  const parts = [planLogin(planned, logins), planOwn(planned, devices), await planUnknown(planned, devices)];
  return {
    remove: [...remove, ...parts.flatMap((part) => part.remove)],
    add: parts.flatMap((part) => part.add),
  };
}

/** The later one counts. */
function planLogin({ own: { login } }: Planned, standing: readonly Standing<LoginRecord>[]): ValueChange {
  if (!login) return { remove: [], add: [] };
  const newest = standing.toSorted((a, b) => latest(b.record) - latest(a.record))[0];
  const kept = newest && latest(newest.record) > latest(login.record) ? newest.text : login.text;
  return settle(kept, standing);
}

const latest = ({ lastLoginAt, last }: LoginRecord): number => Math.max(lastLoginAt ?? 0, last?.at ?? 0);

/** Removed is removed: a tombstone gives way to nothing. */
function planOwn({ own, deviceIds }: Planned, standing: readonly Standing<DeviceRecord>[]): ValueChange {
  const changes = own.devices.map(({ record, text }) => {
    const there = standing.filter((each) => each.record.deviceId === record.deviceId);
    const tombstone = there.find((each) => each.record.kind === 'revoked');
    return settle(record.kind === 'active' && tombstone ? tombstone.text : text, there);
  });
  const wanted = new Set(own.devices.map(({ record }) => record.deviceId));
  const tooOld = standing.filter(
    ({ record }) => deviceIds.has(record.deviceId) && !wanted.has(record.deviceId),
  );
  return {
    remove: [...changes.flatMap((change) => change.remove), ...tooOld.map(({ text }) => text)],
    add: changes.flatMap((change) => change.add),
  };
}

/** Devices that are not the user's here stay until a sync has looked at them, but for those that went with a user who was deleted. */
async function planUnknown(
  planned: Planned,
  standing: readonly Standing<DeviceRecord>[],
): Promise<ValueChange> {
  const unknown = standing.filter(({ record }) => !planned.deviceIds.has(record.deviceId));
  const active = unknown.filter(({ record }) => record.kind === 'active');
  const removed = await planned.removedHere(active.map(({ record }) => record.deviceId));
  const buried = active.filter(({ record }) => removed.has(record.deviceId));
  const names = new Map(buried.map(({ record: { deviceId, name } }) => [deviceId, name]));
  const old = unknown
    .flatMap(({ text, record }) => (record.kind === 'revoked' ? [{ text, at: record.revokedAt }] : []))
    .toSorted((a, b) => b.at - a.at)
    .slice(mostForeignTombstones);
  return {
    remove: [...buried, ...old].map(({ text }) => text),
    // One for each, however many versions of it stood there.
    add: [...names].map(([deviceId, name]) =>
      writeRecord(planned.vault, planned.owner, {
        kind: 'revoked',
        deviceId,
        name,
        revokedAt: removed.get(deviceId) ?? 0,
      }),
    ),
  };
}

/** One text is to stand there and the others not. */
const settle = (text: string, standing: readonly { readonly text: string }[]): ValueChange => ({
  remove: standing.map((each) => each.text).filter((each) => each !== text),
  add: standing.some((each) => each.text === text) ? [] : [text],
});
