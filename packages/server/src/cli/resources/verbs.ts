// The verbs that every resource shares: create, list, show, change and delete, made from the contract's schemas.
import type { Command, Option } from 'commander';
import type { z } from 'zod';
import type { App } from '#app';
import { addCommand, type Given, type Result } from '../command.ts';
import { confirm, refuseUnasked, yesOption } from '../confirm.ts';
import type { Context } from '../context.ts';
import { type Field, fieldsOf } from '../fields/field.ts';
import { givenFields, type OptionValues, optionsOf } from '../fields/options-of-fields.ts';
import { parseFields, refuseMissing } from '../fields/parse-fields.ts';
import { readSecrets } from '../fields/read-secrets.ts';
import { UsageError } from '../exit.ts';
import { type AnyPage, followPages, limitOption, type PageQuery } from '../follow-pages.ts';
import { renderRecord, renderTable, type Shown } from '../output/table.ts';
import { withApp } from '../with-app.ts';
import type { Naming } from './naming.ts';

/** One kind of thing, as its commands speak of it. */
export interface Thing {
  readonly noun: string;
  readonly plural: string;
  readonly naming: Naming;
  /** How an example names one. */
  readonly sample: string;
  /** The command group: `radius-clients`. */
  readonly group: string;
}

/** Fields that name another thing, and how its id is found. */
type References = Readonly<Record<string, (app: App, text: string) => Promise<string>>>;

interface Creation<S extends z.ZodObject> {
  readonly schema: S;
  readonly example: string;
  readonly references?: References;
  /** The field of the answer that is shown once. */
  readonly secret?: string;
  /** Whose it will be; its id becomes this field. */
  readonly of?: { readonly field: string; readonly naming: Naming };
  readonly options?: readonly Option[];
  /** More text for people. */
  present?(created: Shown, given: Given): string;
  create(app: App, input: z.output<S>): Promise<Shown>;
}

export function addCreate<S extends z.ZodObject>(
  group: Command,
  context: Context,
  thing: Thing,
  creation: Creation<S>,
): void {
  const { schema, of } = creation;
  const all = fieldsOf(schema);
  const fields = all.filter(({ name }) => name !== of?.field);
  const own = of?.naming.options() ?? [];
  addCommand(group, context, {
    usage: ['create', ...(of ? [of.naming.argument] : [])].join(' '),
    ...(of && { args: { [bare(of.naming.argument)]: of.naming.description } }),
    summary: `Create ${article(thing.noun)} ${thing.noun}.`,
    examples: [`${thing.group} create ${creation.example}`],
    options: [...own, ...fields.flatMap((field) => optionsOf(field, true)), ...(creation.options ?? [])],
    fields,
    async run(given) {
      of?.naming.check(given);
      const input = await readInput(context, fields, given.values);
      refuseMissing(fields, input);
      return withApp(context, async (app) => {
        const owner = of ? { [of.field]: await of.naming.find(app, given) } : {};
        const resolved = await resolveReferences(app, { ...input, ...owner }, creation.references);
        const created = await creation.create(app, parseFields(schema, all, resolved));
        return presentCreated(
          thing,
          creation,
          created,
          given,
          creation.secret !== undefined && creation.secret in input,
        );
      });
    },
  });
}

const bare = (argument: string): string => argument.replace(/[<>[\]]/g, '');

const article = (noun: string): string => (/^(?:[aeio]|API)/.test(noun) ? 'an' : 'a');

async function readInput(
  { io }: Context,
  fields: readonly Field[],
  values: OptionValues,
): Promise<Record<string, unknown>> {
  return { ...givenFields(fields, values), ...(await readSecrets(io, fields, values)) };
}

async function resolveReferences(
  app: App,
  input: Readonly<Record<string, unknown>>,
  references: References = {},
): Promise<Record<string, unknown>> {
  const resolved: Record<string, unknown> = { ...input };
  for (const [field, find] of Object.entries(references)) {
    const value = resolved[field];
    if (typeof value === 'string') resolved[field] = await find(app, value);
    if (Array.isArray(value))
      resolved[field] = await Promise.all(value.map((each) => find(app, String(each))));
  }
  return resolved;
}

/** @param ownSecret the secret was given by the caller, who knows it. */
function presentCreated<S extends z.ZodObject>(
  thing: Thing,
  creation: Creation<S>,
  created: Shown,
  given: Given,
  ownSecret: boolean,
): Result {
  const { secret = '' } = creation;
  const { [secret]: value, ...rest } = created;
  const once = typeof value === 'string' && !ownSecret ? showOnce(secret, value) : '';
  const more = creation.present?.(created, given) ?? '';
  return {
    document: ownSecret ? rest : created,
    text: `Created ${thing.noun}.\n\n${renderRecord(rest)}${once}${more}`,
  };
}

const showOnce = (field: string, value: string): string =>
  `\n${capital(field.replaceAll('_', ' '))}, shown only now:\n\n  ${value}\n`;

interface Listing<T extends Shown> {
  readonly columns: readonly (keyof T & string)[];
  readonly example?: string;
  options?(): readonly Option[];
  /** Before anything is opened. @throws UsageError */
  check?(values: OptionValues): void;
  /** From option values to what the list takes. */
  filter?(app: App, values: OptionValues): Promise<Readonly<Record<string, unknown>>>;
  list(app: App, query: PageQuery): Promise<AnyPage<T>>;
}

export function addList<T extends Shown>(
  group: Command,
  context: Context,
  { group: name, plural }: Pick<Thing, 'group' | 'plural'>,
  { columns, example = '', options, check, filter, list }: Listing<T>,
): void {
  addCommand(group, context, {
    usage: 'list',
    summary: `List ${plural}.`,
    examples: [`${name} list ${example}`.trim()],
    options: [...(options?.() ?? []), limitOption()],
    async run({ values }) {
      check?.(values);
      return withApp(context, async (app) => {
        const filters = (await filter?.(app, values)) ?? {};
        const limit = Number(values.limit);
        const { items, more } = await followPages(limit, (query) => list(app, { ...filters, ...query }));
        const text = items.length === 0 ? `No ${plural}.\n` : renderTable(columns, items);
        return {
          document: { items, more },
          text,
          note: more ? `Only the first ${limit} are shown; --limit shows more.` : undefined,
        };
      });
    },
  });
}

export function addShow(
  group: Command,
  context: Context,
  thing: Thing,
  show: (app: App, id: string) => Promise<Shown>,
): void {
  const { noun, naming } = thing;
  addCommand(group, context, {
    ...named(thing, 'show'),
    summary: `Show ${article(noun)} ${noun}.`,
    async run(given) {
      naming.check(given);
      return withApp(context, async (app) => record(await show(app, await naming.find(app, given))));
    },
  });
}

const record = (shown: Shown): Result => ({ document: shown, text: renderRecord(shown) });

const named = ({ naming, group, sample }: Thing, verb: string, more = '') => ({
  usage: `${verb} ${naming.argument}`,
  args: { [bare(naming.argument)]: naming.description },
  options: naming.options(),
  examples: [`${group} ${verb} ${sample}${more}`] as const,
});

interface Change<S extends z.ZodObject> {
  readonly schema: S;
  readonly example: string;
  readonly references?: References;
  /** Options that are called otherwise than their field. */
  readonly renamed?: Readonly<Record<string, string>>;
  /** More text for people. */
  present?(changed: Shown, changes: object): string;
  change(app: App, id: string, changes: z.output<S>): Promise<Shown>;
}

export function addChange<S extends z.ZodObject>(
  group: Command,
  context: Context,
  thing: Thing,
  { schema, example, references, renamed, present, change }: Change<S>,
): void {
  const { noun, naming } = thing;
  const fields = fieldsOf(schema, renamed);
  const base = named(thing, 'change', ` ${example}`);
  addCommand(group, context, {
    ...base,
    summary: `Change ${article(noun)} ${noun}; what is not given stays as it is.`,
    options: [...base.options, ...fields.flatMap((field) => optionsOf(field, false))],
    fields,
    async run(given) {
      naming.check(given);
      const input = await readInput(context, fields, given.values);
      if (Object.keys(input).length === 0) throw new UsageError('Nothing to change was given.');
      return withApp(context, async (app) => {
        const id = await naming.find(app, given);
        const changes = parseFields(schema, fields, await resolveReferences(app, input, references));
        const changed = await change(app, id, changes);
        return { document: changed, text: renderRecord(changed) + (present?.(changed, changes) ?? '') };
      });
    },
  });
}

interface Removal {
  readonly summary: string;
  /** Past participle: `deleted`, `revoked`. */
  readonly done: string;
  show(app: App, id: string): Promise<Shown>;
  /** What will happen, as a sentence. */
  warning(shown: Shown): string;
  /** What must be typed to confirm. */
  word(shown: Shown): string;
  remove(app: App, id: string): Promise<void>;
}

export function addDelete(group: Command, context: Context, thing: Thing, removal: Removal): void {
  const base = named(thing, 'delete', ' --yes');
  addCommand(group, context, {
    ...base,
    summary: removal.summary,
    options: [...base.options, yesOption()],
    async run(given) {
      refuseUnasked(context.io, given.values);
      thing.naming.check(given);
      return withApp(context, async (app) => {
        const id = await thing.naming.find(app, given);
        const shown = await removal.show(app, id);
        await confirm(context.io, given.values, removal.warning(shown), removal.word(shown));
        await removal.remove(app, id);
        const what = `${thing.noun} ${id}`;
        return { document: { id, [removal.done]: true }, text: `${capital(removal.done)} ${what}.\n` };
      });
    },
  });
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
