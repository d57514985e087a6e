// A home server: another RADIUS server that checks the password. Home servers belong to the installation, not to an application.
import type { HomeServer } from '@countersign/contract/radius-models.ts';
import ipaddr from 'ipaddr.js';
import type { Selectable } from 'kysely';
import type { HomeServerTable } from '#db/radius-tables.ts';
import { Problem } from '#platform/problem.ts';

export type HomeServerRow = Selectable<HomeServerTable>;

/** What a home server's shared secret is sealed for; with the home server's id as owner. */
export const homeServerSecretPurpose = 'home-server';

export const toHomeServer = (row: HomeServerRow): HomeServer => ({
  id: row.id,
  name: row.name,
  address: row.address,
  port: row.port,
  message_authenticator: row.message_authenticator,
  timeout_ms: row.timeout_ms,
  tries: row.tries,
  dead_seconds: row.dead_seconds,
  created_at: row.created_at,
  updated_at: row.updated_at,
});

/** The one way in which an address is kept (RFC 5952; IPv4 also when it came mapped into IPv6). @throws Problem invalid_request */
export function canonicalAddress(text: string): string {
  const refused = new Problem('invalid_request', undefined, [
    { field: 'address', message: 'must be an IPv4 or IPv6 address without zone' },
  ]);
  if (text.includes('%')) throw refused;
  if (!text.includes(':') && !ipaddr.IPv4.isValidFourPartDecimal(text)) throw refused;
  if (!ipaddr.isValid(text)) throw refused;
  const address = ipaddr.process(text);
  return address instanceof ipaddr.IPv6 ? address.toRFC5952String() : address.toString();
}
