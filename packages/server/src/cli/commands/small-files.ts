// Files that commands of the certificate authority read and write whole.
import { readFileSync, writeFileSync } from 'node:fs';
import { UsageError } from '../exit.ts';

const causeOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** @throws UsageError */
export function readSmall(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new UsageError(`The file ${path} cannot be read: ${causeOf(error)}.`);
  }
}

/** A file that only its owner may read, on the disk when this returns. @throws UsageError: it exists already, or cannot be written */
export function writeNew(path: string, text: string): void {
  try {
    writeFileSync(path, text, { flag: 'wx', mode: 0o600, flush: true });
  } catch (error) {
    throw new UsageError(`The file ${path} cannot be written: ${causeOf(error)}.`);
  }
}
