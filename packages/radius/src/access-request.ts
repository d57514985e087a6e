// What an Access-Request must not be, beyond its framing: ambiguous about who asks and with what proof (RFC 2865 4.1,
// 5.44).
import { rfc2865 } from './dictionary/rfc2865.ts';
import { CHAP_PASSWORD_LENGTH } from './chap.ts';
import { RadiusError } from './errors.ts';
import { checkHiddenPassword } from './hiding.ts';
import type { Packet } from './packet.ts';

const AT_MOST_ONCE = new Set<number>([
  rfc2865.UserName.type,
  rfc2865.UserPassword.type,
  rfc2865.ChapPassword.type,
  rfc2865.ChapChallenge.type,
  rfc2865.State.type,
]);

/** Throws RadiusError for a repeated name, proof or State, two kinds of proof, or a proof of impossible length. */
export function checkAccessRequest({ attributes }: Packet): void {
  const seen = new Set<number>();
  for (const { type, value } of attributes) {
    if (!AT_MOST_ONCE.has(type)) continue;
    if (seen.has(type)) throw new RadiusError('duplicate-attribute', `attribute ${type} more than once`);
    seen.add(type);
    if (type === rfc2865.UserPassword.type) checkHiddenPassword(value);
    if (type === rfc2865.ChapPassword.type && value.length !== CHAP_PASSWORD_LENGTH) {
      throw new RadiusError('bad-value', 'CHAP-Password is not 17 octets');
    }
  }
  if (seen.has(rfc2865.UserPassword.type) && seen.has(rfc2865.ChapPassword.type)) {
    throw new RadiusError('conflicting-attributes', 'User-Password and CHAP-Password together');
  }
}
