// The composition root: the only file that builds and wires. `openApp` is what every command needs, `startServer` adds what listens.
import { join } from 'node:path';
import { followChanges } from '#core/approvals/topics.ts';
import { closeExpired } from '#core/authentication/close-expired.ts';
import { createInstallation, findInstallation, type Installation } from '#core/installation/installation.ts';
import { createPasswords, type Passwords } from '#core/users/passwords.ts';
import type { Db } from '#db/db.ts';
import { migrate } from '#db/migrate.ts';
import { openPostgres } from '#db/postgres.ts';
import { openSqlite } from '#db/sqlite.ts';
import { type Bus, createBus } from '#platform/bus.ts';
import { type Clock, systemClock } from '#platform/clock.ts';
import { type Config, publicUrlOf } from '#platform/config.ts';
import {
  createMasterKey,
  hasMasterKey,
  prepareDataDirectory,
  readMasterKey,
  StartError,
} from '#platform/data-directory.ts';
import type { Log } from '#platform/log.ts';
import { type Random, systemRandom } from '#platform/random.ts';
import { createVault, type Vault } from '#platform/vault.ts';

export interface App {
  readonly config: Config;
  readonly log: Log;
  readonly clock: Clock;
  readonly random: Random;
  readonly db: Db;
  readonly vault: Vault;
  readonly bus: Bus;
  readonly auditChain: string;
  readonly publicUrl: string;
  readonly passwords: Passwords;
  readonly installation: Installation;
  /** Token of the first setup link, when this call made the installation. */
  readonly setupToken: string | undefined;
  close(): Promise<void>;
}

/** Opens database and key, making them at first start. @throws StartError, NewerSchemaError, Unavailable */
export async function openApp(config: Config, log: Log): Promise<App> {
  prepareDataDirectory(config.dataDirectory);
  const db = openDatabase(config, log);
  try {
    return await openInstallation(config, log, db);
  } catch (error) {
    await db.close();
    throw error;
  }
}

async function openInstallation(config: Config, log: Log, db: Db): Promise<App> {
  await migrate(db);
  const found = await findInstallation(db.read);
  const key =
    found || hasMasterKey(config.masterKeyFile)
      ? readMasterKey(config.masterKeyFile)
      : createMasterKey(config.masterKeyFile, systemRandom);
  const vault = createVault(key, systemRandom);
  const base = { config, log, db, vault, clock: systemClock, random: systemRandom, auditChain: config.node };
  const setupToken = found
    ? undefined
    : await createInstallation(base, new URL(publicUrlOf(config)).hostname);
  const installation = found ?? (await findInstallation(db.read));
  if (installation?.key_id !== vault.keyId) {
    throw new StartError(
      `The master key ${config.masterKeyFile} is not the one this database was made with. Put the right one back from your backup.`,
    );
  }
  return {
    ...base,
    bus: createBus(),
    publicUrl: publicUrlOf(config),
    passwords: createPasswords({ maxParallel: config.passwordChecks }),
    installation,
    setupToken,
    close: () => db.close(),
  };
}

function openDatabase(config: Config, log: Log): Db {
  if (config.databaseUrl === undefined) return openSqlite(join(config.dataDirectory, 'countersign.db'));
  return openPostgres(config.databaseUrl.reveal(), (error) =>
    log.warn({ error: error.message }, 'a database connection was lost'),
  );
}
