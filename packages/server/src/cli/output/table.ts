// Aligned tables and records for people. Texts come from users and administrators, so only what can be shown is shown.
import { toDisplayable } from '@countersign/contract/text.ts';

/** How wide one cell of a table may get; records show everything. */
const maxCell = 48;
const maxText = 4000;

export type Shown = Readonly<Record<string, unknown>>;

/** One value for a person: times in UTC, yes and no, a hyphen for nothing. */
export function showValue(field: string, value: unknown): string {
  if (value === null || value === undefined || value === '') return '-';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return isTime(field) ? showTime(value) : String(value);
  if (Array.isArray(value))
    return value.length === 0 ? '-' : value.map((each) => showValue('', each)).join(', ');
  if (typeof value === 'string') return toDisplayable(value, maxText);
  return toDisplayable(JSON.stringify(value), maxText);
}

/** @param at epoch milliseconds. */
export const showTime = (at: number): string =>
  `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

/** By the contract's own naming. */
const isTime = (field: string): boolean => field === 'at' || /_(?:at|until)$/.test(field);

const labelOf = (field: string): string => field.replaceAll('_', ' ');

/** One line per field. */
export function renderRecord(record: Shown): string {
  const fields = Object.entries(record);
  const width = Math.max(...fields.map(([field]) => labelOf(field).length));
  return fields
    .map(([field, value]) => `${labelOf(field).padEnd(width)}  ${showValue(field, value)}\n`)
    .join('');
}

/** A header and one line per row; columns as wide as what is in them. */
export function renderTable(columns: readonly string[], rows: readonly Shown[]): string {
  const header = columns.map((column) => labelOf(column).toUpperCase());
  const body = rows.map((row) => columns.map((column) => cell(showValue(column, row[column]))));
  const lines = [header, ...body];
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => widthOf(line[index] ?? ''))));
  return lines.map((line) => `${joinCells(line, widths)}\n`).join('');
}

const cell = (text: string): string => {
  const characters = [...text];
  return characters.length <= maxCell ? text : `${characters.slice(0, maxCell - 1).join('')}…`;
};

const joinCells = (cells: readonly string[], widths: readonly number[]): string =>
  cells
    .map((text, index) => text + ' '.repeat((widths[index] ?? 0) - widthOf(text)))
    .join('  ')
    .trimEnd();

const widthOf = (text: string): number => [...text].length;
