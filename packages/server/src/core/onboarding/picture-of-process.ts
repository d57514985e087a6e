// By what people know one process on two screens (ADR 0018): a keyed hash of the process and the new device's key, so that nobody but this
// server can tell beforehand which picture a key gets.
import { createHash } from 'node:crypto';
import { pictureText } from '@countersign/contract/picture.ts';
import type { Vault } from '#platform/vault.ts';
import { nextKindOf, type ProcessRow } from './process.ts';

type Pictured = Pick<ProcessRow, 'id' | 'key_thumbprint'>;

/** base64url of 32 bytes; the device makes the picture of it and of its own key. */
export const pictureSeedOf = (vault: Vault, { id, key_thumbprint }: Pictured): string =>
  vault.mac('onboarding-picture', JSON.stringify([id, key_thumbprint])).toString('base64url');

/** What the console draws, base64url; null unless an administrator is to compare it. */
export function pictureOfProcess(
  vault: Vault,
  process: Pictured & Pick<ProcessRow, 'kinds' | 'position' | 'waits_for'>,
): string | null {
  if (process.waits_for !== 'administrator' || nextKindOf(process) !== 'manual') return null;
  const text = pictureText(pictureSeedOf(vault, process), process.key_thumbprint);
  return createHash('sha256').update(text).digest('base64url');
}
