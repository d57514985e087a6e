// Every attribute this package knows by number and by name. Unknown ones are no error anywhere: they are kept as they
// came.
import type { AttributeDefinition } from './definition.ts';
import { microsoft } from './dictionary/microsoft.ts';
import { rfc2865 } from './dictionary/rfc2865.ts';
import { rfc2866 } from './dictionary/rfc2866.ts';
import { rfc2868 } from './dictionary/rfc2868.ts';
import { rfc2869 } from './dictionary/rfc2869.ts';
import { rfc3162 } from './dictionary/rfc3162.ts';

/** All definitions, standard ones first. */
export const definitions: readonly AttributeDefinition[] = [
  rfc2865,
  rfc2866,
  rfc2868,
  rfc2869,
  rfc3162,
  microsoft,
].flatMap((table) => Object.values<AttributeDefinition>(table));

const byNumber = new Map(
  definitions.map((definition) => [numberKey(definition.type, definition.vendor), definition]),
);
const byName = new Map(definitions.map((definition) => [definition.name.toLowerCase(), definition]));

/** The definition for a number on the wire; `vendor` is given for an attribute inside Vendor-Specific. */
export function definitionOf(type: number, vendor?: number): AttributeDefinition | undefined {
  return byNumber.get(numberKey(type, vendor));
}

/** The definition for a name such as `Filter-Id`; case does not matter. */
export function definitionNamed(name: string): AttributeDefinition | undefined {
  return byName.get(name.toLowerCase());
}

function numberKey(type: number, vendor = 0): number {
  return vendor * 256 + type;
}
