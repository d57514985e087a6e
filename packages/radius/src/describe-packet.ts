// A packet for a log line. What could help somebody who reads the log (passwords, State, keys, anything unknown)
// shows its length only.
import { valueCodecs } from './data-types.ts';
import type { AttributeDefinition } from './definition.ts';
import { definitionOf } from './dictionary.ts';
import { RadiusError } from './errors.ts';
import { type Attribute, Code, type Packet } from './packet.ts';
import { readVendorSpecific } from './vendor-specific.ts';

/** `code` is a name such as `Access-Request`; `attributes` are `[name, printable value]` in the order of the wire. */
export interface PacketDescription {
  readonly code: string;
  readonly identifier: number;
  readonly attributes: readonly (readonly [name: string, value: string])[];
}

const CODE_NAMES = new Map(
  Object.entries(Code).map(([name, code]) => [code as number, name.replace(/(?<=[a-z])(?=[A-Z])/g, '-')]),
);

/** Describes a packet without its secrets. Never throws: a value that is not of its type shows its length. */
export function describePacket(packet: Packet): PacketDescription {
  return {
    code: CODE_NAMES.get(packet.code) ?? `Code-${packet.code}`,
    identifier: packet.identifier,
    attributes: packet.attributes.flatMap(describeAttribute),
  };
}

function describeAttribute(attribute: Attribute): (readonly [string, string])[] {
  const inner = readVendorSpecific(attribute);
  if (inner === undefined)
    return [describeValue(attribute, definitionOf(attribute.type), `Attribute-${attribute.type}`)];
  return inner.attributes.map((each) =>
    describeValue(
      each,
      definitionOf(each.type, inner.vendor),
      `Vendor-${inner.vendor}-Attribute-${each.type}`,
    ),
  );
}

function describeValue(
  { value }: Attribute,
  definition: AttributeDefinition | undefined,
  numberedName: string,
): readonly [string, string] {
  const withheld = `<${value.length} octets>`;
  if (definition === undefined) return [numberedName, withheld];
  if (definition.protection !== undefined) return [definition.name, withheld];
  return [definition.name, printable(definition, value) ?? withheld];
}

function printable(definition: AttributeDefinition, octets: Uint8Array): string | undefined {
  try {
    const value = valueCodecs[definition.dataType].read(octets);
    if (value instanceof Uint8Array) return `0x${Buffer.from(value).toString('hex')}`;
    if (typeof value !== 'object') return escaped(String(value));
    return `${value.tag}:${escaped(String(value.value))}`;
  } catch (error) {
    if (error instanceof RadiusError) return undefined;
    throw error;
  }
}

/** Control and format characters would let a user name forge log lines or hide text. */
function escaped(text: string): string {
  return text.replace(
    /[\p{C}\u2028\u2029]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
