// Access-Request → facts of a login. Pure: no rules about who may enter, no storage.
import { hash } from 'node:crypto';
import {
  firstRawValue,
  hasAttribute,
  type RadiusRequest,
  readFirst,
  rfc2865,
  rfc2866,
  rfc2869,
} from '@countersign/radius';
import type { Login } from '#core/authentication/login.ts';
import type { LoadedRadiusClient } from '#core/radius-clients/radius-client.ts';

/** How the client proves the first factor; `unusable` says that nothing can be made of it. */
export type Credentials =
  | { readonly kind: 'password'; readonly password: string }
  | { readonly kind: 'chap' }
  | { readonly kind: 'eap' }
  | { readonly kind: 'other' }
  | { readonly kind: 'unusable' };

type Request = Pick<RadiusRequest<LoadedRadiusClient>, 'packet' | 'client' | 'userPassword'>;

export const loginOf = (request: Request): Login => new LoginOfRequest(request);

/** A class because of its getters: in a plain object they would make each of them a hash table with a shape of its own. */
class LoginOfRequest implements Login {
  readonly applicationId: string;
  readonly username: string;
  readonly door: Login['door'];
  readonly clientName: string;
  readonly clientAddress: string | null;
  readonly contextLasts: boolean;
  readonly number: Login['number'];
  readonly description = '';
  readonly #request: Request;
  #digest: string | undefined;

  constructor(request: Request) {
    const { attributes } = request.packet;
    const { client } = request;
    const callingStation = textOf(firstRawValue(attributes, rfc2865.CallingStationId));
    this.applicationId = client.applicationId;
    this.username = lookedUpName(client, textOf(firstRawValue(attributes, rfc2865.UserName)) ?? '');
    this.door = { kind: 'radius', id: client.id };
    this.clientName = client.name;
    this.clientAddress = callingStation ?? null;
    // RFC 2866 5.5: unique to the session, and kept by clients that try again. By itself it is not believed: some clients send the
    // same one again and again.
    this.contextLasts = callingStation !== undefined && hasAttribute(attributes, rfc2866.AcctSessionId);
    this.number = client.numberMatching ? 'shown_by_challenge' : 'none';
    this.#request = request;
  }

  /** Many logins end before anybody asks for this or the digest. */
  get context(): readonly string[] | null {
    return contextOf(this.#request.packet.attributes);
  }

  get packetDigest(): string {
    this.#digest ??= digestOf(this.#request);
    return this.#digest;
  }
}

/** Of all that a sender chose, and of nothing that a way in between might: the same packet from another port is the same. */
const digestOf = ({ client, packet }: Request): string =>
  hash(
    'sha256',
    Buffer.concat([
      Buffer.from(client.id),
      Uint8Array.of(packet.identifier),
      packet.authenticator,
      ...packet.attributes.flatMap(({ type, value }) => [Uint8Array.of(type, value.length), value]),
    ]),
    'base64url',
  );

/** What tells one session of a user from another; a client keeps all of it when it tries again from a new port. */
const sessionAttributes = [
  rfc2865.CallingStationId,
  rfc2866.AcctSessionId,
  rfc2865.NasPort,
  rfc2869.NasPortId,
  rfc2865.NasIdentifier,
  rfc2865.NasIpAddress,
];

function contextOf(attributes: Request['packet']['attributes']): readonly string[] | null {
  const values = sessionAttributes.map((each) => firstRawValue(attributes, each));
  // The client itself and its ports are the same for whoever comes next: only these two tell users apart.
  if (values[0] === undefined && values[1] === undefined) return null;
  return values.map((value) => (value === undefined ? '' : Buffer.from(value).toString('hex')));
}

/** The name by which the user is found. A realm is `alice@realm` (RFC 7542) or Windows’ `DOMAIN\alice`. */
function lookedUpName({ stripRealm, appendRealm }: LoadedRadiusClient, typed: string): string {
  const name = stripRealm ? typed.replace(/^[^\\]*\\/, '').replace(/@[^@]*$/, '') : typed;
  const hasRealm = /[@\\]/.test(name);
  return appendRealm === '' || hasRealm || name === '' ? name : `${name}@${appendRealm}`;
}

export function credentialsOf(request: Request): Credentials {
  const { attributes } = request.packet;
  if (textOf(firstRawValue(attributes, rfc2865.UserName)) === undefined) return { kind: 'unusable' };
  if (hasAttribute(attributes, rfc2869.EapMessage)) return { kind: 'eap' };
  if (hasAttribute(attributes, rfc2865.ChapPassword)) return { kind: 'chap' };
  if (!hasAttribute(attributes, rfc2865.UserPassword)) return { kind: 'other' };
  const password = textOf(request.userPassword());
  return password === undefined ? { kind: 'unusable' } : { kind: 'password', password };
}

export const stateOf = (request: Request): Uint8Array | undefined =>
  readFirst(request.packet.attributes, rfc2865.State);

/** Kept: making one takes longer than what it is made for. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** UTF-8 text; undefined when empty or not UTF-8. PAP pads with NUL, and some clients do it to names as well. */
function textOf(bytes: Uint8Array | undefined): string | undefined {
  if (bytes === undefined) return undefined;
  try {
    const padded = utf8.decode(bytes);
    const text = padded.endsWith('\0') ? padded.replace(/\0+$/, '') : padded;
    return text === '' || text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}
