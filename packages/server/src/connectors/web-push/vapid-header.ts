// Says to a push service who we are (RFC 8292). A token is good for one service and for hours, so it is signed once, not for each push.
import { sign } from 'node:crypto';
import type { VapidKey } from '#core/push-subscriptions/push-subscription.ts';
import type { Clock } from '#platform/clock.ts';

const hourMs = 3_600_000;
/** RFC 8292 2: at most 24 hours, and clocks differ. */
const goodForMs = 12 * hourMs;
const renewedBeforeMs = 2 * hourMs;
/** Devices name the services; the one asked longest ago is forgotten. */
const maxServices = 1000;

export interface VapidDeps {
  readonly clock: Clock;
  readonly key: VapidKey;
  /** `mailto:` or `https:` URI of whom to tell when something is wrong; undefined leaves it out. */
  readonly contact: string | undefined;
}

/** @returns the Authorization header for a push service, named by its origin */
export function createVapidHeaders({ clock, key, contact }: VapidDeps): (origin: string) => string {
  const known = new Map<string, { readonly header: string; readonly expiresAt: number }>();
  return (origin) => {
    const now = clock.now();
    const before = known.get(origin);
    // A clock that was set back must not make a token that is good for days.
    const isFresh =
      before && before.expiresAt > now + renewedBeforeMs && before.expiresAt <= now + goodForMs + hourMs;
    known.delete(origin);
    if (isFresh) {
      known.set(origin, before);
      return before.header;
    }
    const [oldest] = known.size >= maxServices ? known.keys() : [];
    if (oldest !== undefined) known.delete(oldest);
    const expiresAt = now + goodForMs;
    const header = `vapid t=${signToken(key, { origin, expiresAt, contact })}, k=${key.publicKey}`;
    known.set(origin, { header, expiresAt });
    return header;
  };
}

export function signToken(
  { privateKey }: VapidKey,
  {
    origin,
    expiresAt,
    contact,
  }: { readonly origin: string; readonly expiresAt: number; readonly contact: string | undefined },
): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = {
    aud: origin,
    exp: Math.floor(expiresAt / 1000),
    ...(contact === undefined ? {} : { sub: contact }),
  };
  const signed = `${part({ typ: 'JWT', alg: 'ES256' })}.${part(claims)}`;
  // RFC 7518 3.4: the two numbers, not DER.
  const signature = sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return `${signed}.${signature.toString('base64url')}`;
}
