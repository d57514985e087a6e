// The picture that people compare is the server's choice: no client gives one, and trying again gives another.
import { StepInput } from '@countersign/contract/onboarding-device-models.ts';
import { expect, test } from 'vitest';
import { systemRandom } from '#platform/random.ts';
import { createVault } from '#platform/vault.ts';
import { pictureOfProcess, pictureSeedOf } from './picture-of-process.ts';

const vaultOf = (byte: number) => createVault(new Uint8Array(32).fill(byte), systemRandom);
const process = { id: 'onp_1', key_thumbprint: 'k'.repeat(43) };
const waiting = {
  ...process,
  kinds: JSON.stringify(['manual']),
  position: 0,
  waits_for: 'administrator',
} as const;

test('a device gives no picture', () => {
  const given = { kind: 'manual', username: 'alice' };
  expect(StepInput.safeParse(given).success).toBe(true);
  for (const more of [{ picture: 'A' }, { picture_seed: 'A'.repeat(43) }, { seed: 'A' }])
    expect(StepInput.safeParse({ ...given, ...more }).success).toBe(false);
});

test('another process, another key and another server have another one; none unless somebody is to compare it', () => {
  const seeds = [
    pictureSeedOf(vaultOf(1), process),
    pictureSeedOf(vaultOf(1), { ...process, id: 'onp_2' }),
    pictureSeedOf(vaultOf(1), { ...process, key_thumbprint: 'l'.repeat(43) }),
    pictureSeedOf(vaultOf(2), process),
  ];
  expect(new Set(seeds).size).toBe(seeds.length);
  expect(pictureSeedOf(vaultOf(1), process)).toBe(seeds[0]);
  expect(pictureOfProcess(vaultOf(1), waiting)).not.toBeNull();
  expect(pictureOfProcess(vaultOf(1), { ...waiting, waits_for: 'person' })).toBeNull();
  const other = JSON.stringify(['administrator_approval']);
  expect(pictureOfProcess(vaultOf(1), { ...waiting, kinds: other })).toBeNull();
});
