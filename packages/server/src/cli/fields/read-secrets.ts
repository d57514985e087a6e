// Takes passwords and shared secrets from where other people on the machine cannot read them.
import { UsageError } from '../exit.ts';
import type { Io } from '../io.ts';
import { readHidden } from './terminal.ts';
import type { Field } from './field.ts';
import { attributeOf, type OptionValues, textOf } from './options-of-fields.ts';

const maxBytes = 4096;

/** @returns the secrets that were given, by field. @throws UsageError */
export async function readSecrets(
  io: Io,
  fields: readonly Field[],
  values: OptionValues,
): Promise<Record<string, string>> {
  const secrets: Record<string, string> = {};
  let stdinTaken = false;
  for (const field of fields.filter(({ kind }) => kind === 'secret')) {
    const given = sourcesOf(field, values);
    if (given.length > 1) throw new UsageError(`Give only one of ${given.join(' and ')}.`);
    const [source] = given;
    // Removing one is no secret: it is read with the other fields.
    if (source === undefined || source.startsWith('--no-')) continue;
    if (source.endsWith('-stdin') && stdinTaken)
      throw new UsageError('Standard input can hold only one secret.');
    stdinTaken ||= source.endsWith('-stdin');
    secrets[field.name] = await readSecret(io, field, values, source);
  }
  return secrets;
}

function sourcesOf({ option }: Field, values: OptionValues): readonly string[] {
  return ['stdin', 'prompt', 'env', 'no']
    .map((source) => (source === 'no' ? `no-${option}` : `${option}-${source}`))
    .filter((name) => isGiven(name, option, values))
    .map((name) => `--${name}`);
}

const isGiven = (name: string, option: string, values: OptionValues): boolean =>
  name.startsWith('no-') ? values[attributeOf(option)] === false : values[attributeOf(name)] !== undefined;

async function readSecret(io: Io, { option }: Field, values: OptionValues, source: string): Promise<string> {
  if (source.endsWith('-stdin')) return readStdin(io, source);
  if (source.endsWith('-env'))
    return readVariable(io, textOf(values[attributeOf(`${option}-env`)]) ?? '', source);
  const words = option.replaceAll('-', ' ');
  if (!io.isTTY.in) throw new UsageError(`${source} needs a terminal; use --${option}-stdin.`);
  const first = await readHidden(io, `New ${words}: `);
  const second = await readHidden(io, `New ${words} again: `);
  if (first !== second) throw new UsageError('The two were not the same; nothing was changed.');
  return notEmpty(first, source);
}

function readVariable(io: Io, variable: string, source: string): string {
  const value = io.env[variable];
  if (value === undefined) throw new UsageError(`${source} names ${variable}, which is not set.`);
  return notEmpty(value, source);
}

/** Without the newline at the end, which `echo` and editors add. */
async function readStdin(io: Io, source: string): Promise<string> {
  if (io.isTTY.in) io.err('Type it, then Enter and Ctrl+D (it is shown; the prompt option hides it).\n');
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of io.in) {
    const bytes = Buffer.from(chunk as Uint8Array | string);
    size += bytes.length;
    if (size > maxBytes) throw new UsageError(`Standard input holds more than ${maxBytes} bytes.`);
    chunks.push(bytes);
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new UsageError('Standard input is not UTF-8 text.');
  }
  return notEmpty(text.replace(/\r?\n$/, ''), source);
}

function notEmpty(text: string, source: string): string {
  if (text === '') throw new UsageError(`${source} gave an empty text.`);
  return text;
}
