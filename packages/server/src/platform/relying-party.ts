// Who we are to WebAuthn: the public URL's host, and its origin. A credential made for one is good for no other.
import { isIP } from 'node:net';
import { Problem } from './problem.ts';

export interface RelyingParty {
  /** RP ID (WebAuthn 5.1.2). */
  readonly id: string;
  readonly origin: string;
}

/** Whether or not browsers know credentials for it. */
export function siteOf(publicUrl: string): RelyingParty {
  const { hostname, origin } = new URL(publicUrl);
  return { id: hostname, origin };
}

/** Undefined where browsers know no credentials: an address instead of a name, or http elsewhere than on localhost (WebAuthn 5.1.3). */
export function relyingPartyOf(publicUrl: string): RelyingParty | undefined {
  const { hostname, protocol } = new URL(publicUrl);
  const isLocal = hostname === 'localhost' || hostname.endsWith('.localhost');
  const isAddress = isIP(hostname.replace(/^\[|\]$/g, '')) !== 0;
  return isAddress || (protocol !== 'https:' && !isLocal) ? undefined : siteOf(publicUrl);
}

/** @throws Problem passkeys_unsupported */
export function requireRelyingParty(publicUrl: string): RelyingParty {
  const party = relyingPartyOf(publicUrl);
  if (!party) throw new Problem('passkeys_unsupported', `the public URL is ${publicUrl}`);
  return party;
}
