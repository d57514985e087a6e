// The name that a RADIUS server is asked for, and who that is here. The server knows people by their names alone, so names that are one here
// and might be two there are not sent at all.
import { createHash } from 'node:crypto';
import { nameKey } from '@countersign/contract/text.ts';

export type RadiusName =
  | {
      readonly kind: 'usable';
      /** As the server is asked. */
      readonly sent: string;
      /** As the user is called here: without the realm that is put behind it. */
      readonly username: string;
    }
  | { readonly kind: 'unusable'; readonly why: string };

/** Value of an attribute at most, in octets (RFC 2865 5). */
const maxOctets = 253;

/** @param realm put behind a name that has none; empty: none is */
export function radiusName(typed: string, realm: string): RadiusName {
  const name = typed.normalize('NFC').trim();
  const ending = realm === '' ? '' : `@${realm}`;
  const hasRealm = ending !== '' && name.toLowerCase().endsWith(ending.toLowerCase());
  const username = hasRealm ? name.slice(0, -ending.length) : name;
  if (username.trim() === '') return { kind: 'unusable', why: 'it is empty' };
  // Here `ａlice` and `alice` are one name; there they may be two people.
  if (nameKey(name) !== name.toLowerCase().normalize('NFC'))
    return { kind: 'unusable', why: 'it has characters that stand for others, or cannot be seen' };
  const sent = hasRealm || !/[@\\]/.test(name) ? `${username}${ending}` : name;
  if (Buffer.byteLength(sent) > maxOctets)
    return { kind: 'unusable', why: 'it is longer than RADIUS carries' };
  return { kind: 'usable', sent, username };
}

/** As long as an external id may be, in characters. */
const maxId = 128;

/** The server has no ids that stay when people are renamed: the source and the name are one. */
export function idOfName(sourceId: string, username: string): string {
  const key = nameKey(username);
  const id = `${sourceId}/${key}`;
  if ([...id].length <= maxId) return id;
  // Capital letters, which no key has.
  return `${sourceId}/SHA256-${createHash('sha256').update(key).digest('base64url')}`;
}
