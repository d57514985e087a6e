// Results that are documents of their own go to standard output, or with --out into a file.
import { writeFileSync } from 'node:fs';
import { Option } from 'commander';
import type { Result } from '../command.ts';
import { CommandFailed } from '../exit.ts';
import { type OptionValues, textOf } from '../fields/options-of-fields.ts';

export const outOption = (): Option =>
  new Option('--out <file>', 'Write into this file, which must not exist yet.');

/** @throws CommandFailed when the file cannot be written */
export function toOutput({ out }: OptionValues, data: string | Uint8Array, document: unknown): Result {
  const file = textOf(out);
  if (file === undefined) return { document, text: data };
  try {
    writeFileSync(file, data, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    throw new CommandFailed(
      `The file ${file} cannot be written: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
  return { document: { file }, text: `Wrote ${file}.\n` };
}
