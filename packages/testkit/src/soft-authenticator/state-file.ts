// Keeps a soft authenticator between commands: one JSON file that only its owner may read, since it holds private keys.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { SoftAuthenticatorState } from './soft-authenticator.ts';

const fileName = 'device.json';

/** @returns undefined when the directory holds no device. @throws Error when others may read it, or it is not one of ours. */
export function loadState(directory: string): SoftAuthenticatorState | undefined {
  const path = join(directory, fileName);
  if (!existsSync(path)) return undefined;
  if ((statSync(path).mode & 0o077) !== 0)
    throw new Error(`${path} holds private keys but others may read it; run: chmod 600 ${path}`);
  const state = JSON.parse(readFileSync(path, 'utf8')) as SoftAuthenticatorState;
  if (state.version !== 1) throw new Error(`${path} was written by another version of this program`);
  return state;
}

/** Writes the whole file anew, so that a killed program leaves the old one or the new one. */
export function saveState(directory: string, state: SoftAuthenticatorState): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  chmodSync(directory, 0o700);
  const path = join(directory, fileName);
  const temporary = `${path}.new`;
  rmSync(temporary, { force: true });
  writeFileSync(temporary, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  renameSync(temporary, path);
}

export const forgetState = (directory: string): void => rmSync(join(directory, fileName), { force: true });
