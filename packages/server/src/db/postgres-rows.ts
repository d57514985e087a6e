// Row statements on PostgreSQL: many rows in one statement, which is one round trip and one transaction of its own.
import { hash } from 'node:crypto';
import {
  type Change,
  fillIn,
  type Find,
  type Parameters,
  type Row,
  type WriteStatement,
} from './row-statement.ts';

export interface NamedQuery {
  /** By this name the server keeps the statement prepared, on each connection. */
  readonly name: string;
  readonly text: string;
  readonly values: readonly string[];
}

type Numbered = Row & { readonly n: number };

/**
 * A name that says what the text is: behind a pooler, connections of the server are used by others of us in turn, and a name must
 * not mean one thing to one and another to the next.
 */
function named(kind: 'find' | 'write', text: string, values: readonly string[]): NamedQuery {
  const name = names.get(text) ?? `${kind}_${hash('sha256', text, 'hex').slice(0, 32)}`;
  names.set(text, name);
  return { name, text, values };
}
/** As many as there are statements, and combinations of them: a few dozen. */
const names = new Map<string, string>();

let statementNumber = 0;
const numbers = new WeakMap<object, number>();

/** The same number for the same statement, as long as the process lives. */
function numberOf(statement: object): number {
  const known = numbers.get(statement);
  if (known !== undefined) return known;
  numbers.set(statement, ++statementNumber);
  return statementNumber;
}

/** Looks for each of the rows; answers carry their position as `n`. */
export function findQuery<P extends Row, R>(find: Find<P, R>, rows: readonly P[]): NamedQuery {
  const text = `select r.n, found.* from ${source(1, find.parameters)} cross join lateral (
    select ${find.select} from ${find.from} where ${find.where}) as found`;
  return named('find', fillIn(text, parameter), [JSON.stringify(rows.map((row, n) => ({ ...row, n })))]);
}

const parameter = (name: string): string => `r.${name}`;

/** Rows handed over as JSON, under the name `r`. */
function source(position: number, parameters: Parameters<Row>): string {
  const columns = Object.entries(parameters).map(([name, type]) => `${name} ${type}`);
  return `json_to_recordset($${position}::json) as r(n int, ${columns.join(', ')})`;
}

/** What a refused batch says instead of a number; see `refusedOf`. */
const refusalMark = 'refused:';

/**
 * Writes all changes, or none: then it fails with an error that names those that were refused. Every part sees the database as it was
 * before the statement (PostgreSQL manual 7.8.4), so no two changes may touch the same row.
 */
export function writeQuery(changes: readonly Change[]): NamedQuery {
  const groups = groupRows(changes);
  const parts: string[] = [];
  const missing: string[] = [];
  const values: string[] = [];
  for (const [statement, rows] of groups) {
    values.push(JSON.stringify(rows));
    const part = `s${values.length}`;
    parts.push(`${part} as (${fillIn(partText(statement, values.length, rows), parameter)})`);
    const lacking = lackingText(statement, values.length, part);
    if (lacking !== undefined) missing.push(lacking);
  }
  const refused =
    missing.length === 0
      ? 'select 0'
      : `select case when count(*) = 0 then 0 else ('${refusalMark}' || string_agg(n::text, ','))::int end from (${missing.join(' union ')}) as lacking`;
  return named('write', `with ${parts.join(',\n')}\n${refused}`, values);
}

/** Rows by statement, numbered by their change. */
function groupRows(changes: readonly Change[]): (readonly [WriteStatement, Numbered[]])[] {
  const groups = new Map<WriteStatement, Numbered[]>();
  for (const [n, change] of changes.entries())
    for (const { statement, row } of change) {
      const rows = groups.get(statement);
      if (rows) rows.push({ ...row, n });
      else groups.set(statement, [{ ...row, n }]);
    }
  // Always in the same order, so that there are few different texts to prepare.
  return [...groups].toSorted(([a], [b]) => numberOf(a) - numberOf(b));
}

function partText(statement: WriteStatement, position: number, [first]: readonly Numbered[]): string {
  switch (statement.kind) {
    case 'insert': {
      const columns = Object.keys(first ?? {}).filter((each) => each !== 'n');
      const { table, unique } = statement;
      return `insert into ${table} (${columns.join(', ')})
        select ${columns.map((each) => `r.${each}`).join(', ')} from json_populate_recordset(null::${table}, $${position}::json) as r
        ${unique.length > 0 ? `on conflict do nothing returning ${unique.join(', ')}` : ''}`;
    }
    case 'update':
      return `update ${statement.table} set ${statement.set} from ${source(position, statement.parameters)}
        where ${statement.where} returning r.n`;
    case 'check':
      return `select r.n from ${source(position, statement.parameters)}, ${statement.from} where ${statement.where}`;
  }
}

/** The rows of a part that came to nothing; undefined where that is no refusal. */
function lackingText(statement: WriteStatement, position: number, part: string): string | undefined {
  const all = `json_to_recordset($${position}::json)`;
  if (statement.kind === 'insert') {
    const { unique } = statement;
    if (unique.length === 0) return undefined;
    return `select r.n from ${all} as r(n int, ${unique.map((each) => `${each} text`).join(', ')})
      where (${unique.map((each) => `r.${each}`).join(', ')}) not in (select ${unique.join(', ')} from ${part})`;
  }
  if (statement.kind === 'update' && !statement.required) return undefined;
  return `select r.n from ${all} as r(n int) where r.n not in (select n from ${part})`;
}

/** The positions of the changes that were refused, when that is why a query failed. */
export function refusedOf(error: unknown): ReadonlySet<number> | undefined {
  const isCast = error instanceof Error && 'code' in error && error.code === '22P02'; // invalid_text_representation
  // The words around it, and the marks that quote it, are in the language of the server.
  const [, list] = (isCast && /refused:([0-9,]+)/.exec(error.message)) || [];
  return list === undefined ? undefined : new Set(list.split(',').map(Number));
}
