// A JWS in compact form (RFC 7515 7.1) with ES256, signed by WebCrypto: its signature has the form of RFC 7518 3.4 already.
import { type Bytes, fromBase64url, fromUtf8, toBase64url, utf8 } from './base64url.ts';

type Members = Readonly<Record<string, unknown>>;

const encode = (members: Members): string => toBase64url(utf8(JSON.stringify(members)));

export async function signJws(key: CryptoKey, header: Members, payload: Members): Promise<string> {
  const input = `${encode(header)}.${encode(payload)}`;
  return `${input}.${toBase64url(await sign(key, utf8(input)))}`;
}

/** r and s, 32 bytes each. */
export async function sign(key: CryptoKey, bytes: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key, bytes));
}

/** What a JWS says, for people to look at; the signature is not checked. */
export function readJws(jws: string): { readonly header: string; readonly payload: string } {
  const [header = '', payload = ''] = jws.split('.');
  const pretty = (part: string): string =>
    JSON.stringify(JSON.parse(fromUtf8(fromBase64url(part))) as unknown, null, 2);
  return { header: pretty(header), payload: pretty(payload) };
}
