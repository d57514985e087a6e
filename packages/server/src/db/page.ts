// Pages of a list in a stable order, continued by an opaque cursor that holds the last row's sort values.
import { Problem } from '#platform/problem.ts';

export interface PageRequest {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

/** @param rows at most `limit + 1` rows; one more than asked for tells that there is another page. */
export function toPage<T>(
  rows: readonly T[],
  { limit }: PageRequest,
  sortValues: (row: T) => readonly string[],
): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const more = rows.length > limit && last !== undefined;
  return {
    items,
    nextCursor: more ? writeCursor(sortValues(last)) : null,
  };
}

export const writeCursor = (values: readonly string[]): string =>
  Buffer.from(JSON.stringify(values)).toString('base64url');

/**
 * The sort values after which the page begins, or undefined for the first page.
 * @param fits what else must hold, where a list has several orders. @throws Problem invalid_request
 */
export function readCursor(
  { cursor }: PageRequest,
  values: number,
  fits: (values: readonly string[]) => boolean = () => true,
): readonly string[] | undefined {
  if (cursor === undefined) return undefined;
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (
      isTexts(parsed) &&
      parsed.length === values &&
      // PostgreSQL cannot hold NUL in a text, and refuses to compare with one.
      !parsed.some((value) => value.includes('\0')) &&
      fits(parsed)
    )
      return parsed;
  } catch {
    // Falls through: a cursor that cannot be read is the caller's mistake.
  }
  throw new Problem('invalid_request', 'the cursor is not one that this list gave out', [
    { field: 'cursor', message: 'unknown' },
  ]);
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'string');
