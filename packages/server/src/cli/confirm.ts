// Asks before something is destroyed: the name must be typed, or --yes given.
import { Option } from 'commander';
import { nameKey } from '@countersign/contract/text.ts';
import { CommandFailed, UsageError } from './exit.ts';
import { readLine } from './fields/terminal.ts';
import type { OptionValues } from './fields/options-of-fields.ts';
import type { Io } from './io.ts';

export const yesOption = (): Option => new Option('--yes', 'Do not ask.');

/** Before anything is opened. @throws UsageError when nobody could be asked */
export function refuseUnasked(io: Io, values: OptionValues): void {
  if (values.yes !== true && !io.isTTY.in)
    throw new UsageError('This cannot be undone and there is no terminal to ask on: give --yes.');
}

/** @param what a sentence that says what will happen. @param word what must be typed. @throws CommandFailed */
export async function confirm(io: Io, values: OptionValues, what: string, word: string): Promise<void> {
  if (values.yes === true) return;
  const typed = await readLine(io, `${what} Type ${word} to confirm: `);
  if (nameKey(typed) !== nameKey(word)) throw new CommandFailed('Not confirmed; nothing was changed.');
}
