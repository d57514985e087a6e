// One declaration per attribute: number, name, data type and how it is protected. Reading, writing, logging and
// re-hiding follow from it.
import type { DataType } from './data-types.ts';

/**
 * Why an attribute is never logged: `user-password` is hidden as in RFC 2865 5.2, `salted` as in RFC 2548 2.4.2,
 * `tagged-salted` as in RFC 2868 3.5; `redacted` is sent as it is but would help an attacker who reads the log.
 */
export type Protection = 'user-password' | 'salted' | 'tagged-salted' | 'redacted';

/** What a dictionary says about an attribute. `vendor` is the IANA enterprise number, absent for the standard ones. */
export interface AttributeDefinition<T extends DataType = DataType> {
  readonly name: string;
  readonly type: number;
  readonly dataType: T;
  readonly vendor?: number;
  readonly protection?: Protection;
}

export function define<T extends DataType>(
  type: number,
  name: string,
  dataType: T,
  protection?: Protection,
): AttributeDefinition<T> {
  return protection === undefined ? { type, name, dataType } : { type, name, dataType, protection };
}

/** The same for the attributes of one vendor (RFC 2865 5.26). */
export function defineFor(vendor: number): typeof define {
  return (type, name, dataType, protection) => ({ ...define(type, name, dataType, protection), vendor });
}

/** Whether the value is hidden with the shared secret, so that a proxy must hide it anew. */
export function isHidden({ protection }: AttributeDefinition): boolean {
  return protection !== undefined && protection !== 'redacted';
}
