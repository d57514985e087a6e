// The columns of a CSV file of users: found by their names in any order and letter case, read cell by cell.
import { type RowFault, userFileLimits as limits } from '@countersign/contract/user-files.ts';
import { FileFailure } from './file-failure.ts';
import type { RawUser, UserField } from './file-user.ts';
import { unguard } from './formula.ts';

/** As the first line of an export names them. */
export const columnNames = {
  username: 'Username',
  full_name: 'Full name',
  email: 'Email',
  phone: 'Phone',
  password: 'Password',
  teams: 'Teams',
  enabled: 'Enabled',
  external_guid: 'External id',
  device_limit: 'Device limit',
} as const satisfies Record<UserField, string>;

const plain = (name: string): string => name.toLowerCase().replace(/[\s_\-\u00a0]/g, '');
const fieldOf: ReadonlyMap<string, UserField> = new Map([
  ...(Object.keys(columnNames) as UserField[]).map((field) => [plain(columnNames[field]), field] as const),
  // As the first releases exported it.
  [plain('External GUID'), 'external_guid'],
]);

export interface Columns {
  /** One for each cell of a row; undefined for those that are passed over. */
  readonly fields: readonly (UserField | undefined)[];
  readonly ignored: readonly string[];
}

/** @throws FileFailure too_many_columns, no_username_column, column_twice */
export function readColumns(cells: readonly string[], line: number): Columns {
  const names = cells.slice(0, cells.findLastIndex((cell) => cell !== '') + 1);
  if (names.length > limits.columns) throw new FileFailure('too_many_columns', line);
  const fields = names.map((name) => fieldOf.get(plain(name)));
  const known = fields.filter((field) => field !== undefined);
  if (!known.includes('username')) throw new FileFailure('no_username_column', line);
  if (new Set(known).size < known.length) throw new FileFailure('column_twice', line);
  const ignored = names.filter((name, n) => fields[n] === undefined && name !== '');
  return { fields, ignored: ignored.map((name) => name.slice(0, 80)) };
}

/** What the cells of a row say, or what is wrong with their number. */
export function readCells({ fields }: Columns, cells: readonly string[]): RawUser | RowFault {
  if (cells.length < fields.length) return 'too_few_cells';
  if (cells.slice(fields.length).some((cell) => cell !== '')) return 'too_many_cells';
  const raw: Partial<Record<UserField, unknown>> = {};
  for (const [n, field] of fields.entries())
    if (field !== undefined) raw[field] = readCell(field, cells[n] ?? '');
  return raw;
}

/** What the format takes for yes; anything else is no. */
const truthy: readonly string[] = ['true', 't', 'yes', 'y', '1'];

function readCell(field: UserField, text: string): unknown {
  // A password was never exported, so that no apostrophe in one is ours.
  if (field === 'password') return text;
  const cell = unguard(text);
  if (field === 'teams') return splitTeams(cell);
  if (field === 'enabled') return truthy.includes(cell.toLowerCase());
  if (field === 'device_limit') return cell === '' ? null : /^[0-9]{1,3}$/.test(cell) ? Number(cell) : cell;
  return cell;
}

/** Team names separated by `|`; `\|` is a bar in a name and `\\` a backslash. */
export function splitTeams(cell: string): readonly string[] {
  const names = [...cell.matchAll(/(?:\\[\\|]|[^|])+/g)].map(([name]) =>
    name.replace(/\\([\\|])/g, '$1').trim(),
  );
  return names.filter((name) => name !== '');
}

/** The cell that `splitTeams` reads the same names from. */
export const joinTeams = (names: readonly string[]): string =>
  names.map((name) => name.replace(/[\\|]/g, '\\$&')).join('|');
