// Follows the pages of a list to its end, or as far as was asked for.
import { InvalidArgumentError, Option } from 'commander';

export interface PageQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** A page as the core answers it, in either spelling. */
export interface AnyPage<T> {
  readonly items: readonly T[];
  readonly nextCursor?: string | null;
  readonly next_cursor?: string | null;
}

const pageSize = 200;
const defaultLimit = 1000;
const maxLimit = 100_000;

export const limitOption = (): Option =>
  new Option('--limit <number>', `How many at most, up to ${maxLimit}.`)
    .default(defaultLimit)
    .argParser((text) => {
      const limit = /^[0-9]{1,6}$/.test(text) ? Number(text) : 0;
      if (limit < 1 || limit > maxLimit)
        throw new InvalidArgumentError(`It must be a whole number from 1 to ${maxLimit}.`);
      return limit;
    });

/** @returns at most `limit` items, and whether there are more. */
export async function followPages<T>(
  limit: number,
  page: (query: PageQuery) => Promise<AnyPage<T>>,
): Promise<{ readonly items: readonly T[]; readonly more: boolean }> {
  const items: T[] = [];
  let cursor: string | undefined;
  for (;;) {
    const query = {
      limit: Math.min(pageSize, limit - items.length),
      ...(cursor !== undefined && { cursor }),
    };
    const answer = await page(query);
    items.push(...answer.items);
    const next = answer.nextCursor ?? answer.next_cursor ?? undefined;
    if (next === undefined) return { items, more: false };
    if (items.length >= limit) return { items, more: true };
    cursor = next;
  }
}

/** The first item that is it, on any page. */
export async function findOnPages<T>(
  page: (query: PageQuery) => Promise<AnyPage<T>>,
  isIt: (item: T) => boolean,
): Promise<T | undefined> {
  let cursor: string | undefined;
  for (;;) {
    const answer = await page({ limit: pageSize, ...(cursor !== undefined && { cursor }) });
    const found = answer.items.find(isIt);
    const next = answer.nextCursor ?? answer.next_cursor ?? undefined;
    if (found !== undefined || next === undefined) return found;
    cursor = next;
  }
}
