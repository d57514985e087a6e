// What a sync tells of devices besides what became of the person.
import type { SyncChange } from '@countersign/contract/user-source-models.ts';
import { syncDeviceFields, type SyncSkip } from '@countersign/contract/user-source-words.ts';
import type { Kept } from '../sync.ts';
import type { Followed } from './follow-records.ts';

interface KeptOf {
  readonly kept: Kept;
  readonly userId: string | undefined;
}

/** Devices that came back or were removed are changes of the user; records that were not used are told by themselves. */
export function withDevices(person: KeptOf, followed: Followed, username: string): readonly KeptOf[] {
  const fields = [
    ...(followed.restored > 0 ? [syncDeviceFields.restored] : []),
    ...(followed.revoked > 0 ? [syncDeviceFields.revoked] : []),
  ];
  const skip = (reason: SyncSkip): KeptOf => ({
    kept: { kind: 'skipped', username, user_id: null, fields: [], skip: reason },
    userId: person.userId,
  });
  return [
    ...(fields.length === 0 ? [person] : changed(person, fields, username)),
    ...(followed.notGenuine > 0 ? [skip('record_not_genuine')] : []),
    ...(followed.notRestored > 0 ? [skip('device_not_restored')] : []),
  ];
}

function changed({ kept, userId }: KeptOf, fields: readonly string[], username: string): readonly KeptOf[] {
  const change: SyncChange = {
    kind: 'changed',
    username,
    user_id: userId ?? null,
    fields: [...fields],
    skip: null,
  };
  if (kept === 'unchanged') return [{ kept: change, userId }];
  if (kept.kind === 'skipped')
    return [
      { kept, userId },
      { kept: change, userId },
    ];
  return [{ kept: { ...kept, fields: [...kept.fields, ...fields] }, userId }];
}
