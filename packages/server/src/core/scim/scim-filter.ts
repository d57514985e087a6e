// A filter of RFC 7644 3.4.2.2 as a tree, and what may stand in it. The text is read at the edge (http/scim); SQL is made of it here.

export const comparisons = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'] as const;
export type Comparison = (typeof comparisons)[number];

/** Attribute names are in lower case, without the URN of a core schema: `name.formatted`. */
export type ScimFilter =
  | { readonly kind: 'and' | 'or'; readonly of: readonly ScimFilter[] }
  | { readonly kind: 'not'; readonly of: ScimFilter }
  | { readonly kind: 'present'; readonly attribute: string }
  | {
      readonly kind: 'compare';
      readonly attribute: string;
      readonly comparison: Comparison;
      readonly value: string | number | boolean | null;
    }
  /** `emails[type eq "work"]`: at least one value fits. */
  | { readonly kind: 'some'; readonly attribute: string; readonly of: ScimFilter };
