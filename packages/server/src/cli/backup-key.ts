// The master key that a backup is read with. It is kept apart from backups, so it may well not be here yet.
import { openVault } from '#app';
import { readBackupHeader } from '#core/backups/read-backup.ts';
import type { Config } from '#platform/config.ts';
import { hasMasterKey, StartError } from '#platform/data-directory.ts';
import type { Vault } from '#platform/vault.ts';

/** A new key must not be made, since it would open nothing. @throws StartError, which names the key that is needed; BackupError */
export async function openVaultFor(config: Config, file: string): Promise<Vault> {
  if (hasMasterKey(config.masterKeyFile)) return openVault(config);
  const { key_id } = await readBackupHeader(file);
  throw new StartError(
    `The backup needs the master key ${key_id}, and there is none at ${config.masterKeyFile}. Put the copy that you kept there, mode 0600.`,
  );
}
