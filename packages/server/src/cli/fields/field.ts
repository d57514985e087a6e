// Derives command-line options from the schemas of the contract: what the API takes, the command line takes, under the same name.
import { z } from 'zod';

export type FieldKind = 'text' | 'number' | 'flag' | 'choice' | 'list' | 'secret';

export interface Field {
  /** As the contract names it. */
  readonly name: string;
  /** Without the hyphens: `request-seconds`. */
  readonly option: string;
  readonly kind: FieldKind;
  /** What may be chosen, also within a list; empty when anything may. */
  readonly choices: readonly string[];
  /** `none` stands for null. */
  readonly nullable: boolean;
  readonly required: boolean;
  /** What it is when nothing is given; undefined when there is no such thing. */
  readonly fallback: unknown;
  readonly description: string;
}

/** Never as an argument: everybody on the machine can read those. */
const secretNames: readonly string[] = ['password', 'shared_secret', 'bind_password', 'client_secret'];

/** @param renamed options that are called otherwise than their field, by field. */
export function fieldsOf(
  schema: z.ZodObject,
  renamed: Readonly<Record<string, string>> = {},
): readonly Field[] {
  const shape: Readonly<Record<string, z.core.$ZodType>> = schema.shape;
  return Object.entries(shape).map(([name, type]) => {
    const seen = unwrap(type);
    return {
      name,
      option: renamed[name] ?? optionName(name, seen.inner),
      kind: secretNames.includes(name) ? 'secret' : kindOf(seen.inner),
      choices: choicesOf(seen.inner),
      nullable: seen.nullable,
      required: !seen.optional,
      fallback: seen.fallback,
      description: seen.description,
    };
  });
}

interface Unwrapped {
  readonly inner: z.core.$ZodType;
  readonly nullable: boolean;
  readonly optional: boolean;
  readonly fallback: unknown;
  readonly description: string;
}

function unwrap(type: z.core.$ZodType): Unwrapped {
  const description = z.globalRegistry.get(type)?.description;
  const wrapper = openWrapper(type);
  if (!wrapper)
    return {
      inner: type,
      nullable: false,
      optional: false,
      fallback: undefined,
      description: description ?? '',
    };
  const within = unwrap(wrapper.inner);
  return { ...within, ...wrapper.means, description: description ?? within.description, inner: within.inner };
}

function openWrapper(
  type: z.core.$ZodType,
): { inner: z.core.$ZodType; means: Partial<Unwrapped> } | undefined {
  if (type instanceof z.ZodDefault)
    return { inner: type.def.innerType, means: { optional: true, fallback: type.def.defaultValue } };
  if (type instanceof z.ZodOptional) return { inner: type.def.innerType, means: { optional: true } };
  if (type instanceof z.ZodNullable) return { inner: type.def.innerType, means: { nullable: true } };
  return undefined;
}

function kindOf(type: z.core.$ZodType): FieldKind {
  if (type instanceof z.ZodArray) return 'list';
  if (type instanceof z.ZodBoolean) return 'flag';
  if (type instanceof z.ZodNumber) return 'number';
  if (type instanceof z.ZodEnum) return 'choice';
  if (type instanceof z.ZodString || type instanceof z.ZodStringFormat) return 'text';
  if (type instanceof z.ZodUnion && type.def.options.every((each) => kindOf(each) === 'text')) return 'text';
  if (type instanceof z.ZodLiteral && typeof type.value === 'string') return 'text';
  throw new Error(`no option can be made of a field of type ${type._zod.def.type}`);
}

function choicesOf(type: z.core.$ZodType): readonly string[] {
  if (type instanceof z.ZodArray) return choicesOf(type.def.element);
  return type instanceof z.ZodEnum ? type.options.map(String) : [];
}

/** They end like the name of a thing of ours, and are none. */
const noReferences: readonly string[] = ['client_id', 'claim_id'];

/** Whether a field names another thing, by its id or name. */
export const isReference = (name: string): boolean => /_ids?$/.test(name) && !noReferences.includes(name);

/** `home_server_ids` is given as `--home-server`, once for each; `application_id` as `--application`. */
function optionName(name: string, type: z.core.$ZodType): string {
  const single = type instanceof z.ZodArray ? name.replace(/(?<=[sx])es$|s$/, '') : name;
  return (isReference(name) ? single.replace(/_id$/, '') : single).replaceAll('_', '-');
}
