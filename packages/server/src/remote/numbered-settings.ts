// Settings of which there are several: `PREFIX_1_NAME`, `PREFIX_2_NAME`, … The fields, their checks and their defaults are those of the
// API (packages/contract), so that a RADIUS client at another site is described as one in the server's database is.
import { z } from 'zod';
import { ConfigError, type Environment, readTogether, valueOf } from '#platform/environment.ts';

export interface NumberedSettings<S extends z.ZodObject> {
  /** Without the number. */
  readonly prefix: string;
  readonly schema: S;
  readonly most: number;
}

export interface Numbered<T> {
  readonly number: number;
  readonly value: T;
}

/** The names of every variable whose number occurs in the environment. */
export function numberedVariables(
  settings: NumberedSettings<z.ZodObject>,
  environment: Environment,
): readonly string[] {
  return numbersIn(settings, environment).flatMap((number) =>
    Object.keys(settings.schema.shape).map((field) => variableOf(settings, number, field)),
  );
}

/** In the order of their numbers. @throws ConfigError that names the variable, never its value */
export function readNumbered<S extends z.ZodObject>(
  settings: NumberedSettings<S>,
  environment: Environment,
): readonly Numbered<z.output<S>>[] {
  const readers = numbersIn(settings, environment).map((number) => () => ({
    number,
    value: readOne(settings, number, environment),
  }));
  return readTogether(...readers);
}

function readOne<S extends z.ZodObject>(
  settings: NumberedSettings<S>,
  number: number,
  environment: Environment,
): z.output<S> {
  if (number < 1 || number > settings.most)
    throw new ConfigError(`${settings.prefix}_${number}_… must be numbered from 1 to ${settings.most}`);
  const readers = Object.keys(settings.schema.shape).map((field) => () => {
    const text = valueOf(environment, variableOf(settings, number, field));
    return [field, text === undefined ? undefined : readText(typeOf(settings.schema, field), text)] as const;
  });
  const given = readTogether(...readers).filter(([, value]) => value !== undefined);
  const parsed = settings.schema.safeParse(Object.fromEntries(given));
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path: [field], message }) => {
    const variable = variableOf(settings, number, String(field ?? ''));
    return valueOf(environment, variable) === undefined
      ? `${variable} is missing`
      : `${variable}: ${message === '' ? 'is not valid' : message}`;
  });
  throw new ConfigError(faults);
}

/** Rows of the reference page. */
export function describeNumbered({ prefix, schema }: NumberedSettings<z.ZodObject>) {
  const document = jsonSchemaOf(schema);
  return Object.entries(document.properties).map(([field, { description, default: fallback }]) => ({
    variable: `${prefix}_n_${field.toUpperCase()}`,
    fallback: fallback === undefined ? undefined : asText(fallback),
    description: `${(document.required ?? []).includes(field) && fallback === undefined ? 'Required. ' : ''}${description ?? ''}`,
  }));
}

const asText = (value: unknown): string =>
  typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value);

const variableOf = ({ prefix }: { prefix: string }, number: number, field: string): string =>
  `${prefix}_${number}_${field.toUpperCase()}`;

function numbersIn({ prefix }: { prefix: string }, environment: Environment): readonly number[] {
  const found = Object.keys(environment).flatMap((name) => {
    const digits = name.startsWith(`${prefix}_`) && /^([0-9]{1,4})_/.exec(name.slice(prefix.length + 1))?.[1];
    return digits && environment[name] !== undefined ? [Number(digits)] : [];
  });
  return [...new Set(found)].sort((a, b) => a - b);
}

interface FieldDocument {
  readonly type?: unknown;
  readonly default?: unknown;
  readonly description?: string;
}

const jsonSchemaOf = (schema: z.ZodObject) =>
  z.toJSONSchema(schema, { io: 'input' }) as {
    readonly properties: Readonly<Record<string, FieldDocument>>;
    readonly required?: readonly string[];
  };

const typeOf = (schema: z.ZodObject, field: string): unknown => jsonSchemaOf(schema).properties[field]?.type;

/** What is not understood stays text, for the schema to refuse. */
function readText(type: unknown, text: string): unknown {
  if (type === 'boolean' && /^(?:yes|true|no|false)$/.test(text)) return text === 'yes' || text === 'true';
  if (type === 'integer' && /^[0-9]{1,9}$/.test(text)) return Number(text);
  return text;
}
