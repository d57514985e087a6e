// Puts the options of fields on a command, and reads back what was given.
import { InvalidArgumentError, Option } from 'commander';
import { UsageError } from '../exit.ts';
import { type Field, isReference } from './field.ts';

/** What stands for null, and alone in a list for an empty one. */
const none = 'none';

export type OptionValues = Readonly<Record<string, unknown>>;

/** The value of an option that takes a text; undefined when it was not given. */
export const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** @param withDefaults says what applies when an option is not given; changes leave untouched instead. */
export function optionsOf(field: Field, withDefaults: boolean): readonly Option[] {
  const { option } = field;
  const text = describe(field, withDefaults);
  switch (field.kind) {
    case 'flag':
      return [new Option(`--${option}`, text), new Option(`--no-${option}`, 'The opposite.')];
    case 'number':
      return [new Option(`--${option} <number>`, text).argParser((value) => readNumber(field, value))];
    case 'list':
      return [new Option(`--${option} <${placeholder(field)}>`, text).argParser(collect)];
    case 'secret':
      return secretOptions(field, text);
    case 'choice':
    case 'text':
      return [new Option(`--${option} <${placeholder(field)}>`, text)];
  }
}

const placeholder = ({ kind, name, option, choices }: Field): string => {
  if (isReference(name)) return 'id or name';
  if (kind === 'choice') return choices.join('|');
  return kind === 'list' ? option : 'text';
};

function secretOptions({ option, nullable }: Field, text: string): readonly Option[] {
  const [inputs, removal] = [
    [
      new Option(`--${option}-stdin`, `${text} Read from standard input.`),
      new Option(`--${option}-prompt`, 'Ask for it on the terminal, without showing it.'),
      new Option(`--${option}-env <variable>`, 'Take it from this environment variable.'),
      // Only there to refuse it in words that help; never repeated.
      new Option(`--${option} [value]`).hideHelp().argParser(() => {
        throw new UsageError(
          `An argument can be read by everybody on this machine: use --${option}-stdin, --${option}-prompt or --${option}-env instead of --${option}.`,
        );
      }),
    ],
    new Option(`--no-${option}`, 'Remove it.'),
  ];
  return nullable ? [...inputs, removal] : inputs;
}

function describe(field: Field, withDefaults: boolean): string {
  const parts = [field.description === '' ? `${sentenceOf(field)}.` : field.description];
  if (field.kind === 'list' && field.choices.length > 0) parts.push(`One of ${field.choices.join(', ')}.`);
  if (field.kind === 'list') parts.push('May be given several times; replaces all.');
  if (!withDefaults && field.kind === 'list') parts.push(`\`${none}\` alone for an empty list.`);
  if (field.nullable && field.kind !== 'secret') parts.push(`\`${none}\` for none.`);
  if (withDefaults && field.required) parts.push('(required)');
  if (withDefaults && saysDefault(field.fallback)) parts.push(`(default: ${showDefault(field.fallback)})`);
  return parts.join(' ');
}

const sentenceOf = ({ name }: Field): string => {
  const words = name.replace(/_ids?$/, '').replaceAll('_', ' ');
  return name.endsWith('_id') ? `The ${words}` : words.charAt(0).toUpperCase() + words.slice(1);
};

const saysDefault = (fallback: unknown): boolean =>
  fallback !== undefined && fallback !== '' && !(Array.isArray(fallback) && fallback.length === 0);

const showDefault = (fallback: unknown): string => {
  if (typeof fallback === 'boolean') return fallback ? 'yes' : 'no';
  return fallback === null ? none : JSON.stringify(fallback).replaceAll('"', '');
};

function readNumber(field: Field, value: string): number | string {
  // Not null yet: commander would take that for a value that was left out.
  if (field.nullable && value === none) return none;
  if (!/^-?[0-9]{1,15}$/.test(value)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(value);
}

const collect = (value: string, before: unknown): readonly string[] => [
  ...(Array.isArray(before) ? (before as readonly string[]) : []),
  value,
];

/** Commander's name for an option's value. */
export const attributeOf = (option: string): string =>
  option.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** What was given, by field; fields that were not given are absent, and secrets are read elsewhere. */
export function givenFields(fields: readonly Field[], values: OptionValues): Record<string, unknown> {
  const given: Record<string, unknown> = {};
  for (const field of fields) {
    const value = values[attributeOf(field.option)];
    if (value === undefined) continue;
    if (field.kind !== 'secret') given[field.name] = meaningOf(field, value);
    else if (value === false) given[field.name] = null;
  }
  return given;
}

function meaningOf(field: Field, value: unknown): unknown {
  if (field.nullable && value === none) return null;
  if (field.kind === 'list' && Array.isArray(value) && value.length === 1 && value[0] === none) return [];
  return value;
}
