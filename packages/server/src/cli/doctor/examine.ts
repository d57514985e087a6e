// Runs the checks in an order in which each has what it needs; what cannot be checked because of an earlier failure says so.
import { existsSync } from 'node:fs';
import { databaseFile, openDatabase } from '#app';
import { findInstallation, installationDigest } from '#core/installation/installation.ts';
import { isAlive, type NodeFacts } from '#core/overview/node.ts';
import { selectNodes } from '#core/overview/node-store.ts';
import { loadHomeServers } from '#core/home-servers/load-home-servers.ts';
import type { Db } from '#db/db.ts';
import type { Clock } from '#platform/clock.ts';
import type { Config } from '#platform/config.ts';
import type { Log } from '#platform/log.ts';
import { systemRandom } from '#platform/random.ts';
import { createVault } from '#platform/vault.ts';
import { causeOf, fail, type Finding, ok } from './check.ts';
import { checkBoundDevices } from './bound-devices.ts';
import { checkClock } from './clock.ts';
import {
  checkAuditHeads,
  checkAuthority,
  checkKeyBelongs,
  checkMessageAuthenticators,
  checkOpenings,
  checkSchema,
} from './database.ts';
import { checkHomeServers } from './home-servers.ts';
import { checkPush } from './push.ts';
import { playDoors } from './live/play-doors.ts';
import { checkDataDirectory, checkDisk, checkMasterKey } from './machine.ts';
import { checkAddresses, checkPublicUrl } from './network.ts';

export interface ExamineDeps {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  /** Whether logins are played, too. */
  readonly live: boolean;
}

export async function examine(deps: ExamineDeps): Promise<readonly Finding[]> {
  const { config, clock, log } = deps;
  const { key, finding: keyFinding } = checkMasterKey(config);
  const machine = [checkDataDirectory(config), keyFinding, checkDisk(config)];
  const files = [config.masterKeyFile, databaseFile(config)];
  const opened = await open(config, log);
  const known = { installation: await digestOf(opened.db), nodes: await nodesOf(opened.db, clock.now()) };
  const network = [...(await checkAddresses(config, known)), checkPublicUrl(config)];
  if (!opened.db) {
    const clocks = await checkClock({ clock, db: undefined, files });
    return [...machine, opened.finding, ...network, ...clocks];
  }
  const { db } = opened;
  try {
    const inside = await checkInside(deps, db, key);
    const doors = deps.live && key ? await playDoors({ config, clock, db, key }) : [];
    return [...machine, opened.finding, ...inside, ...network, ...doors];
  } finally {
    await db.close();
  }
}

/** What our own server says of itself; undefined where there is no installation yet, or none that can be read. */
async function digestOf(db: Db | undefined): Promise<string | undefined> {
  try {
    const installation = db && (await findInstallation(db.read));
    return installation && installationDigest(installation);
  } catch {
    return undefined;
  }
}

/** None where the database cannot say: its schema may be of before. */
async function nodesOf(db: Db | undefined, now: number): Promise<readonly NodeFacts[]> {
  try {
    return db === undefined ? [] : (await selectNodes(db.read)).filter((node) => isAlive(node, now));
  } catch {
    return [];
  }
}

type Opened = { readonly finding: Finding; readonly db: Db | undefined };

/** Does not make a database where there is none. */
async function open(config: Config, log: Log): Promise<Opened> {
  const name = 'database';
  const kind = config.databaseUrl === undefined ? databaseFile(config) : 'PostgreSQL';
  if (config.databaseUrl === undefined && !existsSync(databaseFile(config))) {
    const remedy = 'Start the server once, or say with COUNTERSIGN_DATA_DIR where it is.';
    return { db: undefined, finding: fail(name, `${kind} does not exist`, remedy) };
  }
  let db: Db | undefined;
  try {
    db = openDatabase(config, log);
    await db.ping();
    return { db, finding: ok(name, `${kind} answers`) };
  } catch (error) {
    await db?.close();
    const remedy =
      config.databaseUrl === undefined
        ? 'Check its owner and permissions; put it back from your backup if it is damaged.'
        : 'Check DATABASE_URL, and that PostgreSQL runs and lets this machine in.';
    return { db: undefined, finding: fail(name, causeOf(error), remedy) };
  }
}

async function checkInside(
  { clock, config }: ExamineDeps,
  db: Db,
  key: Uint8Array | undefined,
): Promise<readonly Finding[]> {
  const schema = await checkSchema(db);
  if (schema.status !== 'ok') return [schema];
  const kept = [schema, await checkAuditHeads(db)];
  const clocks = await checkClock({ clock, db, files: [config.masterKeyFile, databaseFile(config)] });
  if (!key) return [...kept, ...clocks];
  const vault = createVault(key, systemRandom);
  const belongs = await checkKeyBelongs(db, vault);
  if (belongs.status !== 'ok') return [belongs, ...kept, ...clocks];
  const homeServers = await loadHomeServers({ db, vault });
  return [
    belongs,
    ...kept,
    await checkAuthority({ db, vault, clock }),
    await checkBoundDevices(db, config),
    ...clocks,
    await checkPush({ db, vault, clock }, config),
    ...(await checkHomeServers({ clock, vault }, homeServers)),
    ...(await checkMessageAuthenticators(db, homeServers)),
    ...(await checkOpenings(db)),
  ];
}
