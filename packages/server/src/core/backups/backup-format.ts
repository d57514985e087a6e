// What a backup looks like: gzip over lines of JSON. First what it is, then each table's name and columns and after them its rows,
// last a checksum under the master key. Rows, not the database's own files: either database can be restored from either, a newer
// version reads an older one's, and no other program is needed.
import { BackupHeader, BackupTable, BackupTrailer } from '@countersign/contract/backup-models.ts';

/** The backup cannot be made, or not be restored; the message is whole sentences for a person. */
export class BackupError extends Error {}

export const formatVersion = 1;

type Cell = string | number | null | Uint8Array;

/** One row as a line; bytes become `{"base64": …}`. @throws BackupError for a value that is none of these kinds */
export function writeRow(row: readonly unknown[], table: string): string {
  return `${JSON.stringify(row.map((value) => toJson(value, table)))}\n`;
}

function toJson(value: unknown, table: string): unknown {
  if (value === null || typeof value === 'string') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (value instanceof Uint8Array) return { base64: Buffer.from(value).toString('base64') };
  throw new BackupError(`The table ${table} holds a value that a backup cannot hold.`);
}

function fromJson(value: unknown): Cell | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'number') return value;
  if (typeof value !== 'object' || !('base64' in value) || typeof value.base64 !== 'string') return undefined;
  return Buffer.from(value.base64, 'base64');
}

export type BackupLine =
  | { readonly kind: 'row'; readonly row: readonly Cell[] }
  | { readonly kind: 'table'; readonly table: BackupTable }
  | { readonly kind: 'header'; readonly header: BackupHeader }
  | { readonly kind: 'trailer'; readonly trailer: BackupTrailer };

/** What a line is, told by its form alone; undefined for what no backup holds. */
export function readLine(text: string): BackupLine | undefined {
  const value = parseJson(text);
  if (Array.isArray(value)) {
    const row = value.map(fromJson);
    return row.every((cell) => cell !== undefined) ? { kind: 'row', row } : undefined;
  }
  const table = BackupTable.safeParse(value);
  if (table.success) return { kind: 'table', table: table.data };
  const trailer = BackupTrailer.safeParse(value);
  if (trailer.success) return { kind: 'trailer', trailer: trailer.data };
  const header = BackupHeader.safeParse(value);
  return header.success ? { kind: 'header', header: header.data } : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
