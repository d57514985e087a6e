// Makes a SQL condition of a SCIM filter, by a table that says what each attribute is. Values are always parameters.
import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Db } from '#db/db.ts';
import { Problem } from '#platform/problem.ts';
import type { Comparison, ScimFilter } from './scim-filter.ts';

type Condition = RawBuilder<SqlBool>;

/** What an attribute is in our tables. An absent text is an empty one. */
export type Attribute =
  | { readonly kind: 'text'; readonly column: RawBuilder<string>; readonly fold: (text: string) => string }
  | { readonly kind: 'flag'; readonly column: RawBuilder<number> }
  | { readonly kind: 'time'; readonly column: RawBuilder<number> }
  /** The same for everybody who has `column`: the type of the only e-mail address. */
  | { readonly kind: 'constant'; readonly value: string | boolean; readonly column: RawBuilder<string> }
  /** A condition on other rows. */
  | { readonly kind: 'reference'; readonly exists: (id: string | null) => Condition };

export type Attributes = Readonly<Record<string, Attribute>>;

type Dialect = Db['dialect'];
type Compared = Extract<ScimFilter, { kind: 'compare' }>;

/** @throws Problem invalid_request (field `filter`) for an attribute that is not in the table, or a comparison it does not have. */
export function toCondition(dialect: Dialect, attributes: Attributes, filter: ScimFilter): Condition {
  const inner = (of: ScimFilter) => toCondition(dialect, attributes, of);
  switch (filter.kind) {
    case 'and':
    case 'or':
      return sql<SqlBool>`(${sql.join(filter.of.map(inner), filter.kind === 'and' ? sql` and ` : sql` or `)})`;
    case 'not':
      return sql<SqlBool>`(not ${inner(filter.of)})`;
    case 'some':
      return toCondition(dialect, within(attributes, filter.attribute), filter.of);
    case 'present':
      return isPresent(find(attributes, filter.attribute));
    case 'compare':
      return compare(dialect, find(attributes, filter.attribute), filter);
  }
}

/** The attributes inside a complex one, by their own names. */
function within(attributes: Attributes, outer: string): Attributes {
  const prefix = `${outer}.`;
  const inner = Object.entries(attributes).flatMap(([name, attribute]) =>
    name.startsWith(prefix) ? [[name.slice(prefix.length), attribute] as const] : [],
  );
  if (inner.length === 0) throw refused(`${outer} has no attributes inside`);
  return Object.fromEntries(inner);
}

function find(attributes: Attributes, name: string): Attribute {
  const attribute = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
  if (!attribute) throw refused(`the attribute ${name} cannot be filtered by`);
  return attribute;
}

const always = (holds: boolean): Condition => (holds ? sql<SqlBool>`1 = 1` : sql<SqlBool>`1 = 0`);

function isPresent(attribute: Attribute): Condition {
  if (attribute.kind === 'reference') return attribute.exists(null);
  if (attribute.kind === 'text' || attribute.kind === 'constant')
    return sql<SqlBool>`${attribute.column} <> ''`;
  return always(true);
}

function compare(dialect: Dialect, attribute: Attribute, { comparison, value }: Compared): Condition {
  // RFC 7644 3.4.2.2: null is what is absent.
  if (value === null) {
    if (comparison === 'eq') return sql<SqlBool>`(not ${isPresent(attribute)})`;
    if (comparison === 'ne') return isPresent(attribute);
    throw refused('null can only be compared with eq and ne');
  }
  switch (attribute.kind) {
    case 'text':
      if (typeof value !== 'string') throw refused('a text can only be compared with a text');
      return compareText(dialect, attribute.column, comparison, attribute.fold(value));
    case 'time':
      return sql<SqlBool>`${attribute.column} ${orderOf(comparison)} ${toTime(value)}`;
    case 'flag':
      if (typeof value !== 'boolean' || !isEquality(comparison))
        throw refused('it can only be compared by eq and ne, with true or false');
      return sql<SqlBool>`${attribute.column} ${orderOf(comparison)} ${value ? 1 : 0}`;
    case 'constant':
      if (!isEquality(comparison)) throw refused('it can only be compared by eq and ne');
      return always(sameConstant(attribute.value, value) === (comparison === 'eq'));
    case 'reference':
      if (typeof value !== 'string' || comparison !== 'eq') throw refused('it can only be compared by eq');
      return attribute.exists(value);
  }
}

const isEquality = (comparison: Comparison): boolean => comparison === 'eq' || comparison === 'ne';

const sameConstant = (a: string | boolean, b: string | number | boolean): boolean =>
  typeof a === 'string' && typeof b === 'string' ? a.toLowerCase() === b.toLowerCase() : a === b;

function compareText(
  dialect: Dialect,
  column: RawBuilder<string>,
  comparison: Comparison,
  text: string,
): Condition {
  const isSqlite = dialect === 'sqlite';
  switch (comparison) {
    case 'co':
      return isSqlite
        ? sql<SqlBool>`instr(${column}, ${text}) > 0`
        : sql<SqlBool>`strpos(${column}, ${text}) > 0`;
    case 'sw':
      return sql<SqlBool>`substr(${column}, 1, ${sql.lit([...text].length)}) = ${text}`;
    case 'ew':
      return sql<SqlBool>`${endOf(isSqlite, column, [...text].length)} = ${text}`;
    case 'eq':
    case 'ne':
    case 'gt':
    case 'ge':
    case 'lt':
    case 'le':
      return sql<SqlBool>`${column} ${orderOf(comparison)} ${text}`;
  }
}

/** SQLite takes a length of 0 from the end for the whole text. */
const endOf = (isSqlite: boolean, column: RawBuilder<string>, length: number): RawBuilder<string> => {
  if (length === 0) return sql<string>`''`;
  return isSqlite
    ? sql<string>`substr(${column}, ${sql.lit(-length)})`
    : sql<string>`right(${column}, ${sql.lit(length)})`;
};

const orders: Readonly<Partial<Record<Comparison, string>>> = {
  eq: '=',
  ne: '<>',
  gt: '>',
  ge: '>=',
  lt: '<',
  le: '<=',
};

function orderOf(comparison: Comparison): RawBuilder<unknown> {
  const order = orders[comparison];
  if (order === undefined) throw refused(`${comparison} is for texts`);
  return sql.raw(order);
}

function toTime(value: string | number | boolean): number {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (!Number.isSafeInteger(time)) throw refused('a time can only be compared with a time (RFC 3339)');
  return time;
}

const refused = (message: string): Problem =>
  new Problem('invalid_request', undefined, [{ field: 'filter', message }]);
