// What a chosen file is: browsers tell the type of CSV by the programs that are installed, so its name says more.
import type { UserFileFormat } from '@countersign/contract/user-files.ts';

/** As the server's own limit; the contract's constant would bring its schemas along. */
export const maxBytes = 32 * 1024 * 1024;

export const isTooLarge = ({ size }: Blob): boolean => size > maxBytes;

export function asUserFile(given: File): { readonly format: UserFileFormat; readonly file: Blob } {
  const format = /\.(?:json|jsonl|ndjson)$/i.test(given.name) ? 'json' : 'csv';
  return { format, file: given.slice(0, given.size, format === 'json' ? 'application/json' : 'text/csv') };
}
