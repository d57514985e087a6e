// What a list of SCIM resources is asked by, and what comes back.
import type { ScimFilter } from './scim-filter.ts';

export interface ScimListQuery {
  readonly filter?: ScimFilter | undefined;
  /** Attribute in lower case; one that nothing can be sorted by does not count (RFC 7644 3.4.2.3). */
  readonly sortBy?: string | undefined;
  readonly descending: boolean;
  /** How many to leave out first. */
  readonly offset: number;
  /** At most so many. */
  readonly count: number;
}

export interface Listed<T> {
  readonly items: readonly T[];
  /** Of all pages. */
  readonly total: number;
}
