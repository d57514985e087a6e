// What a list is asked by: in the query of a GET, or in the body of a search (RFC 7644 3.4.2 and 3.4.3).
import type { ScimListQuery } from '#core/scim/scim-list.ts';
import { parseForm } from '../form-body.ts';
import { maxResults } from './discovery.ts';
import { attributeName, parseFilter } from './parse-filter.ts';
import { isObject, type Projection, readProjection } from './resource.ts';
import { ScimError } from './scim-error.ts';

export interface Asked {
  readonly list: ScimListQuery;
  readonly startIndex: number;
  readonly projection: Projection;
}

/** @param text everything after the question mark. @throws ScimError, Problem invalid_request */
export const readQueryText = (text: string): Asked => readAsked(parseForm(Buffer.from(text)));

/** @throws ScimError invalidSyntax, invalidValue, invalidFilter */
export function readSearch(body: unknown): Asked {
  if (!isObject(body)) throw new ScimError(400, 'The body is no object.', 'invalidSyntax');
  const joined = Object.entries(body).flatMap(([name, value]) => {
    if (Array.isArray(value)) return [[name, value.join(',')] as const];
    return typeof value === 'string' || typeof value === 'number' ? [[name, String(value)] as const] : [];
  });
  return readAsked(Object.fromEntries(joined));
}

function readAsked(given: Readonly<Record<string, string>>): Asked {
  const startIndex = Math.max(1, whole(given['startIndex'], 1));
  const count = Math.min(maxResults, Math.max(0, whole(given['count'], maxResults)));
  const { filter, sortBy, sortOrder, attributes, excludedAttributes } = given;
  return {
    startIndex,
    list: {
      filter: filter === undefined || filter.trim() === '' ? undefined : parseFilter(filter),
      sortBy: sortBy === undefined ? undefined : attributeName(sortBy),
      descending: sortOrder?.toLowerCase() === 'descending',
      offset: startIndex - 1,
      count,
    },
    projection: readProjection(attributes, excludedAttributes),
  };
}

function whole(text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const number = Number(text);
  if (!/^-?\d{1,9}$/.test(text) || !Number.isSafeInteger(number))
    throw new ScimError(400, 'startIndex and count must be whole numbers.', 'invalidValue');
  return number;
}
