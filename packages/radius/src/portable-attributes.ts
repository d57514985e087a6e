// Attributes on their way from one leg to another, as bytes that can be kept in between: what was hidden for the first leg is hidden
// under a fixed key meanwhile. That key is no secret, so whoever keeps the bytes must seal them.
import { type HidingKey, rehideAttributes } from './hiding.ts';
import { type Attribute, Code, decodePacket, encodePacket } from './packet.ts';
import type { RandomSource } from './random.ts';

const portableKey: HidingKey = {
  secret: new TextEncoder().encode('portable'),
  authenticator: new Uint8Array(16),
};

/** @param key with which hidden values are hidden now. Throws RadiusError 'bad-value' when one cannot be revealed. */
export function packAttributes(
  attributes: readonly Attribute[],
  key: HidingKey,
  random: RandomSource,
): Uint8Array {
  const portable = rehideAttributes(attributes, key, portableKey, () => random(2));
  return encodePacket({
    code: Code.AccessAccept,
    identifier: 0,
    authenticator: portableKey.authenticator,
    attributes: portable,
  });
}

/** @param key with which hidden values are to be hidden. Throws RadiusError for bytes that `packAttributes` did not make. */
export function unpackAttributes(
  bytes: Uint8Array,
  key: HidingKey,
  random: RandomSource,
): readonly Attribute[] {
  return rehideAttributes(decodePacket(bytes).attributes, portableKey, key, () => random(2));
}
