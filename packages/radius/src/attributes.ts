// Reading and writing attributes by their dictionary definition, standard and vendor alike. Lists are never changed,
// only made anew.
import { checkedValue, type DataType, type ValueTypes, valueCodecs } from './data-types.ts';
import type { AttributeDefinition } from './definition.ts';
import { type Attribute, MAX_VALUE_LENGTH } from './packet.ts';
import { readVendorSpecific, vendorSpecific } from './vendor-specific.ts';

/** The values of an attribute as sent, in order, whatever their type. */
export function rawValues(attributes: readonly Attribute[], definition: AttributeDefinition): Uint8Array[] {
  const values: Uint8Array[] = [];
  for (const attribute of attributes) {
    if (definition.vendor === undefined) {
      if (attribute.type === definition.type) values.push(attribute.value);
      continue;
    }
    const inner = readVendorSpecific(attribute);
    if (inner?.vendor !== definition.vendor) continue;
    for (const { type, value } of inner.attributes) if (type === definition.type) values.push(value);
  }
  return values;
}

/** The first of them, undefined when absent. */
export function firstRawValue(
  attributes: readonly Attribute[],
  definition: AttributeDefinition,
): Uint8Array | undefined {
  if (definition.vendor !== undefined) return rawValues(attributes, definition)[0];
  for (const { type, value } of attributes) if (type === definition.type) return value;
  return undefined;
}

/** Every value of an attribute, in order. Throws RadiusError 'bad-value' when one is not of its type. */
export function readAll<T extends DataType>(
  attributes: readonly Attribute[],
  definition: AttributeDefinition<T>,
): ValueTypes[T][] {
  return rawValues(attributes, definition).map((value) => valueCodecs[definition.dataType].read(value));
}

/** The first value of an attribute, undefined when absent. Throws RadiusError 'bad-value' when it is not of its type. */
export function readFirst<T extends DataType>(
  attributes: readonly Attribute[],
  definition: AttributeDefinition<T>,
): ValueTypes[T] | undefined {
  const value = firstRawValue(attributes, definition);
  return value === undefined ? undefined : valueCodecs[definition.dataType].read(value);
}

export function hasAttribute(attributes: readonly Attribute[], definition: AttributeDefinition): boolean {
  return firstRawValue(attributes, definition) !== undefined;
}

/** An attribute ready to send; a vendor's comes wrapped in Vendor-Specific. Throws RadiusError 'bad-value'. */
export function writeAttribute<T extends DataType>(
  definition: AttributeDefinition<T>,
  value: ValueTypes[T],
): Attribute {
  const octets = checkedValue(valueCodecs[definition.dataType].write(value));
  const attribute = { type: definition.type, value: octets };
  if (definition.vendor === undefined) return attribute;
  return vendorSpecific({ vendor: definition.vendor, attributes: [attribute] });
}

/** The list without an attribute. A Vendor-Specific that held other attributes too keeps those. */
export function withoutAttribute(
  attributes: readonly Attribute[],
  definition: AttributeDefinition,
): readonly Attribute[] {
  if (definition.vendor === undefined) return attributes.filter(({ type }) => type !== definition.type);
  return attributes.flatMap((attribute) => {
    const inner = readVendorSpecific(attribute);
    if (inner === undefined || inner.vendor !== definition.vendor) return [attribute];
    const kept = inner.attributes.filter(({ type }) => type !== definition.type);
    if (kept.length === inner.attributes.length) return [attribute];
    return kept.length === 0 ? [] : [vendorSpecific({ vendor: inner.vendor, attributes: kept })];
  });
}

/** All values of an attribute joined, as EAP-Message is sent in pieces (RFC 3579 3.1); undefined when absent. */
export function readConcatenated(
  attributes: readonly Attribute[],
  definition: AttributeDefinition<'octets'>,
): Uint8Array | undefined {
  const values = rawValues(attributes, definition);
  return values.length === 0 ? undefined : new Uint8Array(Buffer.concat(values));
}

/** Cuts a long value into as many attributes of 253 octets as it takes (RFC 3579 3.1). */
export function writeConcatenated(
  definition: AttributeDefinition<'octets'>,
  value: Uint8Array,
): readonly Attribute[] {
  const pieces = Math.max(1, Math.ceil(value.length / MAX_VALUE_LENGTH));
  return Array.from({ length: pieces }, (_, index) =>
    writeAttribute(definition, value.subarray(index * MAX_VALUE_LENGTH, (index + 1) * MAX_VALUE_LENGTH)),
  );
}
