// The data directory and the master key in it: made at first start, and refused when anybody else on the machine could read them.
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { Random } from './random.ts';

/** Something about the machine that keeps the server from starting, in one sentence for the administrator. */
export class StartError extends Error {}

const keyBytes = 32;

/** Makes the directory (0700) or checks it. @throws StartError */
export function prepareDataDirectory(directory: string): void {
  try {
    if (!existsSync(directory)) mkdirSync(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new StartError(`The data directory ${directory} cannot be made: ${causeOf(error)}.`);
  }
  refuseOpen(directory, 'directory', 0o700);
}

/** True when there is a master key. */
export const hasMasterKey = (file: string): boolean => existsSync(file);

/** Makes a master key (0600), as a whole or not at all. Fails when there is one. @throws StartError */
export function createMasterKey(file: string, random: Random): Uint8Array {
  const key = random.bytes(keyBytes);
  const unfinished = `${file}.${Buffer.from(random.bytes(8)).toString('hex')}.new`;
  try {
    writeDurably(unfinished, `${Buffer.from(key).toString('base64url')}\n`);
    // Unlike a rename a link never takes the place of a key that is there.
    linkSync(unfinished, file);
    flushDirectory(dirname(file));
  } catch (error) {
    throw new StartError(`The master key ${file} cannot be written: ${causeOf(error)}.`);
  } finally {
    rmSync(unfinished, { force: true });
  }
  return key;
}

function writeDurably(file: string, text: string): void {
  const descriptor = openSync(file, 'wx', 0o600);
  try {
    writeFileSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** @throws StartError when it is missing, open to others or no key */
export function readMasterKey(file: string): Uint8Array {
  if (!existsSync(file)) {
    throw new StartError(
      `The master key ${file} is missing, but the database was made with one. Put it back from your backup; without it the secrets in the database cannot be opened.`,
    );
  }
  refuseOpen(file, 'file', 0o600);
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new StartError(`The master key ${file} cannot be read: ${causeOf(error)}.`);
  }
  const key = Buffer.from(text, 'base64url');
  if (key.length !== keyBytes || key.toString('base64url') !== text)
    throw new StartError(`The file ${file} holds no master key (43 characters of base64url).`);
  return key;
}

function refuseOpen(path: string, kind: 'directory' | 'file', mode: number): void {
  const stat = statSync(path);
  const expected = kind === 'directory' ? stat.isDirectory() : stat.isFile();
  if (!expected) throw new StartError(`${path} is not a ${kind}.`);
  const others = stat.mode & 0o077;
  if (others === 0) return;
  const octal = mode.toString(8).padStart(4, '0');
  throw new StartError(
    `Others on this machine may use ${path} (mode ${(stat.mode & 0o777).toString(8).padStart(4, '0')}). Run: chmod ${octal} ${path}`,
  );
}

/** Gives a file that a library made the mode it should have had from the start. */
export const closeToOthers = (file: string): void => {
  if (existsSync(file)) chmodSync(file, 0o600);
};

/** A new name in a directory is durable only once the directory is. */
function flushDirectory(directory: string): void {
  const descriptor = openSync(directory, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

const causeOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
