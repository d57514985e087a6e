// What a form consists of, declared; and what was typed, read by the declaration: values, or what is wrong with each field.
// The server's own check is the one that counts: this one only spares people the way there and back.

interface Common {
  readonly label: string;
  /** Behind an info icon. */
  readonly hint?: string;
  /** Said beside the label; fields that may be empty. */
  readonly optional?: boolean;
}
export interface TextField extends Common {
  readonly kind: 'text';
  readonly type?: 'text' | 'email' | 'tel' | 'url';
  readonly max?: number;
  readonly min?: number;
  /** In a typewriter face: ids, addresses, secrets. */
  readonly code?: boolean;
  /** More than one line. */
  readonly rows?: number;
  readonly placeholder?: string;
  readonly autocomplete?: AutoFill;
  /** What is wrong with a text that is not empty, in words. */
  readonly check?: (text: string) => string | undefined;
}
export interface PasswordField extends Common {
  readonly kind: 'password';
  readonly min?: number;
  readonly max?: number;
  readonly autocomplete: 'new-password' | 'current-password' | 'off';
  /** Fields that say where it is sent. Empty keeps the one that is there, unless one of them is changed. */
  readonly againWith?: readonly string[];
  /** Why it has to be typed once more; said by `withNeededAgain`. */
  readonly again?: string;
}
export interface NumberField extends Common {
  readonly kind: 'number';
  readonly min: number;
  readonly max: number;
  /** Behind the number, such as “seconds”. */
  readonly unit?: (count: number) => string;
}
/** Names that are typed one by one, such as teams. */
export interface TagsField extends Common {
  readonly kind: 'tags';
  /** Characters of each. */
  readonly max: number;
  /** A comma is a part of them and ends none: distinguished names. */
  readonly withCommas?: true;
  /** What to do, where it is no name that is typed. */
  readonly prompt?: string;
}
export interface FlagField extends Common {
  readonly kind: 'flag';
}
export interface Option<V extends string = string> {
  readonly value: V;
  readonly text: string;
  readonly help?: string;
}
export interface ChoiceField<V extends string = string> extends Common {
  readonly kind: 'choice';
  readonly options: readonly Option<V>[];
  /** Each with its explanation, all visible; otherwise a list to open. */
  readonly look?: 'cards' | 'list';
}
export interface ChoicesField<V extends string = string> extends Common {
  readonly kind: 'choices';
  readonly options: readonly Option<V>[];
  readonly min?: number;
}
type AutoFill = 'off' | 'username' | 'name' | 'email' | 'tel';

export type Field =
  | TextField
  | PasswordField
  | NumberField
  | FlagField
  | ChoiceField
  | ChoicesField
  | TagsField;
export type Fields = Readonly<Record<string, Field>>;

export type ValueOf<F extends Field> = F extends NumberField
  ? F extends { readonly optional: true }
    ? number | null
    : number
  : F extends TagsField
    ? readonly string[]
    : F extends FlagField
      ? boolean
      : F extends ChoicesField<infer V>
        ? readonly V[]
        : F extends ChoiceField<infer V>
          ? V
          : string;
export type Values<Fs extends Fields> = { readonly [K in keyof Fs]: ValueOf<Fs[K]> };

/** What the elements of the form hold: numbers as they were typed. */
export type Typed = string | boolean | readonly string[];
export type TypedValues = Readonly<Record<string, Typed>>;

/** What is wrong with a field, for the words of the console. */
export type FieldFault =
  | { readonly fault: 'required' | 'not_a_number' }
  | { readonly fault: 'too_long' | 'too_short'; readonly limit: number }
  | { readonly fault: 'said'; readonly text: string }
  | { readonly fault: 'out_of_range'; readonly min: number; readonly max: number };

/** Keeps the exact types of a declaration. */
export const fields = <const Fs extends Fields>(declared: Fs): Fs => declared;

/** What the form shows at first. */
export function typedFrom(declared: Fields, values: Readonly<Record<string, unknown>>): TypedValues {
  return Object.fromEntries(
    Object.entries(declared).map(([name, field]) => [name, typedValue(field, values[name])]),
  );
}

function typedValue(field: Field, value: unknown): Typed {
  if (field.kind === 'flag') return value === true;
  if (field.kind === 'choices' || field.kind === 'tags') return Array.isArray(value) ? value.map(String) : [];
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  return field.kind === 'choice' ? (field.options[0]?.value ?? '') : '';
}

export interface ReadForm {
  /** By name; only those that are right. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly faults: Readonly<Record<string, FieldFault>>;
}

export function readForm(declared: Fields, typed: TypedValues): ReadForm {
  const values: Record<string, unknown> = {};
  const faults: Record<string, FieldFault> = {};
  for (const [name, field] of Object.entries(declared)) {
    const given = typed[name] ?? '';
    const fault = faultOf(field, given);
    if (fault) faults[name] = fault;
    else values[name] = valueOf(field, given);
  }
  return { values, faults };
}

function valueOf(field: Field, given: Typed): unknown {
  if (field.kind === 'number') return given === '' ? null : Number(given);
  return field.kind === 'text' && typeof given === 'string' ? given.trim() : given;
}

function faultOf(field: Field, given: Typed): FieldFault | undefined {
  switch (field.kind) {
    case 'text':
      return textFault(field, String(given).trim());
    case 'password':
      return textFault(field, String(given));
    case 'number':
      return numberFault(field, String(given).trim());
    case 'choices':
      return Array.isArray(given) && given.length < (field.min ?? 0) ? { fault: 'required' } : undefined;
    case 'choice':
      return given === '' && field.optional !== true ? { fault: 'required' } : undefined;
    case 'tags':
      return tagsFault(field, given);
    case 'flag':
      return undefined;
  }
}

function textFault(field: TextField | PasswordField, text: string): FieldFault | undefined {
  const { optional, min = 0, max } = field;
  const { length } = [...text];
  if (length === 0) return optional === true ? undefined : missing(field);
  if (length < min) return { fault: 'too_short', limit: min };
  if (max !== undefined && length > max) return { fault: 'too_long', limit: max };
  const said = field.kind === 'text' ? field.check?.(text) : undefined;
  return said === undefined ? undefined : { fault: 'said', text: said };
}

const missing = (field: TextField | PasswordField): FieldFault =>
  field.kind === 'password' && field.again !== undefined
    ? { fault: 'said', text: field.again }
    : { fault: 'required' };

function tagsFault({ max }: TagsField, given: Typed): FieldFault | undefined {
  const isLong = Array.isArray(given) && given.some((tag: string) => [...tag].length > max);
  return isLong ? { fault: 'too_long', limit: max } : undefined;
}

function numberFault({ min, max, optional }: NumberField, text: string): FieldFault | undefined {
  if (text === '') return optional === true ? undefined : { fault: 'required' };
  if (!/^-?\d{1,12}$/.test(text)) return { fault: 'not_a_number' };
  const number = Number(text);
  return number < min || number > max ? { fault: 'out_of_range', min, max } : undefined;
}

/**
 * Passwords that are there but would be sent elsewhere by what was changed are needed, whatever was declared; the server holds it so too.
 * @param say by the label of the password, and those of what was changed
 */
export function withNeededAgain(
  declared: Fields,
  before: TypedValues,
  now: TypedValues,
  say: (label: string, changed: readonly string[]) => string,
): Fields {
  const needed = Object.entries(declared).flatMap(([name, field]) => {
    if (field.kind !== 'password') return [];
    const changed = (field.againWith ?? []).flatMap((by) =>
      labelIfChanged(declared[by], before[by], now[by]),
    );
    if (changed.length === 0) return [];
    return [[name, { ...field, optional: false, again: say(field.label, changed) }] as const];
  });
  return needed.length === 0 ? declared : { ...declared, ...Object.fromEntries(needed) };
}

const labelIfChanged = (field: Field | undefined, before: Typed = '', now: Typed = ''): readonly string[] =>
  field && !isSame(valueOf(field, before), valueOf(field, now)) ? [field.label] : [];

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** The same object when nothing goes. @param edits what was typed, by field; those that are as in `known` are left out */
export function withoutSame(edits: TypedValues, known: TypedValues): TypedValues {
  const kept = Object.entries(edits).filter(([name, value]) => !isSame(value, known[name]));
  return kept.length === Object.keys(edits).length ? edits : Object.fromEntries(kept);
}

/** Only what differs from what was there: the body of a PATCH. */
export function changesOf<V extends Readonly<Record<string, unknown>>>(
  before: Readonly<Record<string, unknown>>,
  after: V,
): Partial<V> {
  const changed = Object.entries(after).filter(([name, value]) => !isSame(value, before[name]));
  return Object.fromEntries(changed) as Partial<V>;
}
