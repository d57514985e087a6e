// Attributes hidden with the shared secret: User-Password (RFC 2865 5.2), Tunnel-Password (RFC 2868 3.5) and the MPPE
// keys (RFC 2548 2.4). A proxy reveals them with one leg's secret and authenticator and hides them again with the
// other's.
import { type AttributeDefinition, isHidden } from './definition.ts';
import { definitionOf } from './dictionary.ts';
import { RadiusError } from './errors.ts';
import { md5 } from './md5.ts';
import type { Attribute } from './packet.ts';
import { readVendorSpecific, vendorSpecific } from './vendor-specific.ts';

const BLOCK_LENGTH = 16;
const MAX_PASSWORD_LENGTH = 128;
const SALT_LENGTH = 2;

/** What hides attributes on one leg: its secret and the Request Authenticator, 16 octets, of the exchange. */
export interface HidingKey {
  readonly secret: Uint8Array;
  readonly authenticator: Uint8Array;
}

/** Hides a password of at most 128 octets: 16 to 128 octets. Throws RadiusError 'bad-value'. */
export function hideUserPassword(password: Uint8Array, key: HidingKey): Uint8Array {
  if (password.length > MAX_PASSWORD_LENGTH) throw new RadiusError('bad-value', 'password above 128 octets');
  return cipher(padded(password), key.secret, [key.authenticator], 'hide');
}

/** Reveals a User-Password without its padding. With a wrong secret the result is noise. Throws RadiusError 'bad-value'. */
export function revealUserPassword(hidden: Uint8Array, key: HidingKey): Uint8Array {
  checkHiddenPassword(hidden);
  const revealed = cipher(hidden, key.secret, [key.authenticator], 'reveal');
  let end = revealed.length;
  while (end > 0 && revealed[end - 1] === 0) end--;
  return revealed.subarray(0, end);
}

/** RFC 2865 5.2: 16 to 128 octets, whole blocks. Throws RadiusError 'bad-value'. */
export function checkHiddenPassword(hidden: Uint8Array): void {
  const { length } = hidden;
  if (length === 0 || length % BLOCK_LENGTH !== 0 || length > MAX_PASSWORD_LENGTH) {
    throw new RadiusError('bad-value', 'User-Password is not 16–128 octets in blocks of 16');
  }
}

/**
 * Hides as MS-MPPE-Send-Key does. `salt` is two octets, different for every attribute of a packet; its top bit is set
 * here (RFC 2548 2.4.2). The result is the attribute value: salt, then the hidden string. Throws RadiusError 'bad-value'.
 */
export function hideSalted(plain: Uint8Array, key: HidingKey, salt: Uint8Array): Uint8Array {
  if (salt.length !== SALT_LENGTH) throw new RadiusError('bad-value', 'a salt is 2 octets');
  if (plain.length > 239) throw new RadiusError('bad-value', 'above 239 octets cannot be hidden');
  const sent = Uint8Array.of((salt[0] ?? 0) | 0x80, salt[1] ?? 0);
  const counted = padded(Uint8Array.of(plain.length, ...plain));
  return joined(sent, cipher(counted, key.secret, [key.authenticator, sent], 'hide'));
}

/** Reveals such a value. A length that makes no sense, as a wrong secret gives, throws RadiusError 'bad-value'. */
export function revealSalted(value: Uint8Array, key: HidingKey): Uint8Array {
  const salt = value.subarray(0, SALT_LENGTH);
  const hidden = value.subarray(SALT_LENGTH);
  if (hidden.length === 0 || hidden.length % BLOCK_LENGTH !== 0) {
    throw new RadiusError('bad-value', 'a salted value is not in blocks of 16 octets');
  }
  const counted = cipher(hidden, key.secret, [key.authenticator, salt], 'reveal');
  const length = counted[0] ?? 0;
  if (length >= counted.length) throw new RadiusError('bad-value', 'a salted value does not fit its secret');
  return counted.subarray(1, 1 + length);
}

/** Tunnel-Password: a tag octet, 0–31, before the salted value (RFC 2868 3.5). Throws RadiusError 'bad-value'. */
export function hideTunnelPassword(
  { tag, password }: { readonly tag: number; readonly password: Uint8Array },
  key: HidingKey,
  salt: Uint8Array,
): Uint8Array {
  return joined(Uint8Array.of(tag), hideSalted(password, key, salt));
}

/** Reveals a Tunnel-Password. Throws RadiusError 'bad-value'. */
export function revealTunnelPassword(
  value: Uint8Array,
  key: HidingKey,
): { readonly tag: number; readonly password: Uint8Array } {
  return { tag: value[0] ?? 0, password: revealSalted(value.subarray(1), key) };
}

/**
 * The list as another leg must get it: what was hidden with `from` is hidden with `to`, every other byte is kept.
 * `newSalt` gives two fresh octets per salted value. Throws RadiusError 'bad-value' for a value that cannot be revealed.
 */
export function rehideAttributes(
  attributes: readonly Attribute[],
  from: HidingKey,
  to: HidingKey,
  newSalt: () => Uint8Array,
): readonly Attribute[] {
  const rehide = (attribute: Attribute, vendor?: number): Attribute => {
    const definition = definitionOf(attribute.type, vendor);
    if (definition === undefined || !isHidden(definition)) return attribute;
    return { type: attribute.type, value: rehideValue(definition, attribute.value, from, to, newSalt) };
  };
  return attributes.map((attribute) => {
    const inner = readVendorSpecific(attribute);
    if (inner === undefined) return rehide(attribute);
    const { vendor } = inner;
    return vendorSpecific({ vendor, attributes: inner.attributes.map((each) => rehide(each, vendor)) });
  });
}

function rehideValue(
  definition: AttributeDefinition,
  value: Uint8Array,
  from: HidingKey,
  to: HidingKey,
  newSalt: () => Uint8Array,
): Uint8Array {
  const { protection = 'redacted' } = definition;
  switch (protection) {
    case 'user-password': {
      checkHiddenPassword(value);
      const plain = cipher(value, from.secret, [from.authenticator], 'reveal');
      return cipher(plain, to.secret, [to.authenticator], 'hide');
    }
    case 'salted':
      return hideSalted(revealSalted(value, from), to, newSalt());
    case 'tagged-salted':
      return hideTunnelPassword(revealTunnelPassword(value, from), to, newSalt());
    // Not to be shown in logs, but not hidden on the wire either.
    case 'redacted':
      return value;
  }
}

/** RFC 2865 5.2: each block XOR MD5(secret, previous hidden block); before the first stands `start`. */
function cipher(
  input: Uint8Array,
  secret: Uint8Array,
  start: readonly Uint8Array[],
  direction: 'hide' | 'reveal',
): Uint8Array {
  const output = new Uint8Array(input.length);
  const hidden = direction === 'hide' ? output : input;
  for (let offset = 0; offset < input.length; offset += BLOCK_LENGTH) {
    const mask =
      offset === 0 ? md5(secret, ...start) : md5(secret, hidden.subarray(offset - BLOCK_LENGTH, offset));
    for (let i = 0; i < BLOCK_LENGTH; i++) output[offset + i] = (input[offset + i] ?? 0) ^ (mask[i] ?? 0);
  }
  return output;
}

function padded(octets: Uint8Array): Uint8Array {
  const result = new Uint8Array(Math.max(1, Math.ceil(octets.length / BLOCK_LENGTH)) * BLOCK_LENGTH);
  result.set(octets);
  return result;
}

function joined(head: Uint8Array, tail: Uint8Array): Uint8Array {
  const result = new Uint8Array(head.length + tail.length);
  result.set(head);
  result.set(tail, head.length);
  return result;
}
