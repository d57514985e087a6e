// Checks who sends a push, as a push service does (RFC 8292): apart from the product's code.
import { importJWK, jwtVerify } from 'jose';

export interface VerifiedSender {
  /** base64url of the uncompressed point. */
  readonly publicKey: string;
  readonly subject?: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
  readonly token: string;
}

/** Longest that a token may be good for (RFC 8292 2), with a minute for clocks. */
const longestMs = 24 * 3_600_000 + 60_000;

/** @throws Error when the push service would answer 403 */
export async function verifyVapid(
  header: string,
  { origin, now }: { readonly origin: string; readonly now: number },
): Promise<VerifiedSender> {
  const [, token, publicKey] = /^vapid t=([\w.-]+), ?k=([\w-]{87})$/.exec(header) ?? [];
  if (token === undefined || publicKey === undefined) throw new Error('no VAPID header (RFC 8292 3)');
  const point = Buffer.from(publicKey, 'base64url');
  if (point.length !== 65 || point[0] !== 4) throw new Error('k is no uncompressed point');
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((each) => each.toString('base64url'));
  if (x === undefined || y === undefined) throw new Error('k is no uncompressed point');
  const key = await importJWK({ kty: 'EC', crv: 'P-256', x, y }, 'ES256');
  const { payload } = await jwtVerify(token, key, {
    algorithms: ['ES256'],
    audience: origin,
    currentDate: new Date(now),
  });
  const expiresAt = (payload.exp ?? 0) * 1000;
  if (expiresAt > now + longestMs) throw new Error('the token is good for more than 24 hours');
  if (payload.sub !== undefined && !/^(mailto:|https:)/.test(payload.sub))
    throw new Error('sub is neither mailto: nor https:');
  return {
    publicKey,
    expiresAt,
    token,
    ...(payload.sub === undefined ? {} : { subject: payload.sub }),
  };
}
