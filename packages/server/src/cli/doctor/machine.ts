// Checks of the machine: data directory, master key, free disk space. They open nothing and change nothing.
import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Config } from '#platform/config.ts';
import { readMasterKey } from '#platform/data-directory.ts';
import { causeOf, fail, type Finding, ok, warn } from './check.ts';

const megabyte = 1_000_000;
const leastFree = 200 * megabyte;
const comfortablyFree = 2000 * megabyte;

export function checkDataDirectory({ dataDirectory }: Config): Finding {
  const name = 'data directory';
  if (!existsSync(dataDirectory))
    return fail(
      name,
      `${dataDirectory} does not exist`,
      'Start the server once, or say with COUNTERSIGN_DATA_DIR where it is.',
    );
  const stat = statSync(dataDirectory);
  if (!stat.isDirectory())
    return fail(name, `${dataDirectory} is not a directory`, 'Say with COUNTERSIGN_DATA_DIR where it is.');
  if ((stat.mode & 0o077) !== 0)
    return fail(name, `others on this machine may use ${dataDirectory}`, `Run: chmod 0700 ${dataDirectory}`);
  try {
    accessSync(dataDirectory, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    return fail(name, `this account may not use ${dataDirectory}`, 'Run as the account that owns it.');
  }
  return ok(name, `${dataDirectory} is there and closed to others`);
}

export interface KeyFinding {
  readonly finding: Finding;
  /** Undefined when it cannot be used. */
  readonly key: Uint8Array | undefined;
}

export function checkMasterKey({ masterKeyFile, dataDirectory }: Config): KeyFinding {
  const name = 'master key';
  try {
    const key = readMasterKey(masterKeyFile);
    const beside = dirname(masterKeyFile) === dataDirectory;
    const where = beside ? 'beside the database; keep a copy elsewhere' : 'apart from the database';
    return { key, finding: ok(name, `${masterKeyFile} can be read by its owner only (${where})`) };
  } catch (error) {
    const [first = '', ...rest] = causeOf(error).split(/(?<=[.]) /);
    return { key: undefined, finding: fail(name, first.replace(/\.$/, ''), rest.join(' ')) };
  }
}

/** PostgreSQL's disk is its own affair; ours still holds the key and temporary files. */
export function checkDisk({ dataDirectory }: Config): Finding {
  const name = 'disk space';
  if (!existsSync(dataDirectory)) return fail(name, 'there is no data directory', 'See above.');
  const { bavail, bsize } = statfsSync(dataDirectory);
  const free = bavail * bsize;
  const message = `${Math.floor(free / megabyte)} MB are free where ${dataDirectory} is`;
  const remedy = 'Make room: without it nothing can be written, and then nobody is let in.';
  if (free < leastFree) return fail(name, message, remedy);
  return free < comfortablyFree ? warn(name, message, remedy) : ok(name, message);
}
