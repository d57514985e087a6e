// Checks what was given against the contract, and says what is wrong with which option.
import type { z } from 'zod';
import { UsageError } from '../exit.ts';
import type { Field } from './field.ts';

/** The schema's own reading, defaults filled in. @throws UsageError that names every option that is wrong */
export function parseFields<S extends z.ZodObject>(
  schema: S,
  fields: readonly Field[],
  given: Readonly<Record<string, unknown>>,
): z.output<S> {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const complaints = parsed.error.issues.map((issue) => `${optionAt(fields, issue)} ${wordsOf(issue)}.`);
  throw new UsageError([...new Set(complaints)].join(' '));
}

/** @throws UsageError that names every option that is missing. @param alsoGiven fields that come from elsewhere. */
export function refuseMissing(fields: readonly Field[], given: Readonly<Record<string, unknown>>): void {
  const missing = fields.filter(({ name, required }) => required && given[name] === undefined);
  if (missing.length === 0) return;
  const options = missing.map(({ option, kind }) =>
    kind === 'secret' ? `--${option}-prompt (or -stdin, -env)` : `--${option}`,
  );
  throw new UsageError(`${options.join(', ')} ${options.length === 1 ? 'is' : 'are'} missing.`);
}

/** How people give a field; the field's own name when no option gives it. */
export function optionNamed(fields: readonly Field[], name: string): string {
  const [first = ''] = name.split('.');
  const field = fields.find((each) => each.name === first);
  return field ? `--${field.option}` : first;
}

function optionAt(fields: readonly Field[], { path }: z.core.$ZodIssue): string {
  return optionNamed(fields, String(path[0] ?? 'The request'));
}

const formats: Readonly<Record<string, string>> = {
  email: 'must be an e-mail address',
  ipv4: 'must be an IPv4 or IPv6 address',
  ipv6: 'must be an IPv4 or IPv6 address',
  uuid: 'must be a UUID',
};

/** Our own messages as they stand, and the library's put into words that follow the name of an option. */
function wordsOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_union') return wordsOfUnion(issue.errors);
  if (!isLibraryMessage(issue.message)) return issue.message;
  const what =
    'origin' in issue && (issue.origin === 'string' || issue.origin === 'array') ? issue.origin : '';
  const unit = what === 'string' ? ' characters' : what === 'array' ? ' entries' : '';
  const verb = unit === '' ? 'be' : 'have';
  if (issue.code === 'too_small') return `must ${verb} at least ${issue.minimum}${unit}`;
  if (issue.code === 'too_big') return `must ${verb} at most ${issue.maximum}${unit}`;
  if (issue.code === 'invalid_value') return `must be one of ${issue.values.map(String).join(', ')}`;
  if (issue.code === 'invalid_format') return formats[issue.format] ?? 'has the wrong form';
  return 'has a value that cannot be used';
}

/** What the first possibility says: the others are the likes of an empty text. */
function wordsOfUnion(errors: readonly (readonly z.core.$ZodIssue[])[]): string {
  const [first] = errors[0] ?? [];
  return first ? wordsOf(first) : 'has a value that cannot be used';
}

const isLibraryMessage = (message: string): boolean => /^(?:Too |Invalid|Unrecognized)/.test(message);
