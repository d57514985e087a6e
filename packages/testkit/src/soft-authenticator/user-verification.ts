// A platform authenticator in software (WebAuthn Level 3): makes one P-256 credential and asserts with it that the user was verified.
// Nobody's finger is asked for; on request it does what a real one never would.
import { createHash, createPrivateKey, createPublicKey, randomBytes, sign } from 'node:crypto';
import type {
  NewVerificationCredential,
  VerificationAssertion,
  VerificationCeremony,
} from '@countersign/contract/device-models.ts';
import {
  type VerificationDemand,
  type VerifiedAnswer,
  verificationText,
} from '@countersign/contract/device-protocol.ts';
import { newKey, type PrivateJwk, publicPart } from './keys.ts';

export interface SoftCredential {
  /** base64url. */
  readonly id: string;
  readonly key: PrivateJwk;
  /** Of the last assertion. */
  signCount: number;
}

/** WebAuthn 6.1: what the flags byte can say. */
export const flags = { present: 0x01, verified: 0x04, attested: 0x40 } as const;

/** For tests: what to say instead of the truth. */
export interface VerificationOverrides {
  readonly flags?: number;
  readonly rpId?: string;
  readonly origin?: string;
  readonly type?: string;
  readonly challenge?: string;
  readonly signCount?: number;
  /** Another key to sign with. */
  readonly key?: PrivateJwk;
  /** More members of the client data. */
  readonly client?: Readonly<Record<string, unknown>>;
}

export async function newSoftCredential(): Promise<SoftCredential> {
  return { id: randomBytes(32).toString('base64url'), key: await newKey(), signCount: 0 };
}

/** SubjectPublicKeyInfo in base64url. */
export const keyInfoOf = (key: PrivateJwk): string =>
  createPublicKey({ key: { ...publicPart(key) }, format: 'jwk' })
    .export({ format: 'der', type: 'spki' })
    .toString('base64url');

/** What navigator.credentials.create() gives. */
export function register(
  { id, key }: SoftCredential,
  ceremony: Pick<VerificationCeremony, 'challenge' | 'rp'>,
  origin: string,
  wrong: VerificationOverrides = {},
): NewVerificationCredential {
  const client = { type: 'webauthn.create', challenge: ceremony.challenge, origin };
  const idBytes = Buffer.from(id, 'base64url');
  const authenticatorData = Buffer.concat([
    authenticatorHead(ceremony.rp.id, wrong, flags.attested, 0),
    Buffer.alloc(16), // AAGUID: none
    Buffer.from([idBytes.length >> 8, idBytes.length & 0xff]),
    idBytes,
    coseKey(key),
  ]);
  return {
    id,
    client_data: clientData(client, wrong).toString('base64url'),
    attestation_object: attestationObject(authenticatorData).toString('base64url'),
  };
}

/** What navigator.credentials.get() gives for this answer, as the protocol sends it. Counts. */
export function assertVerified(
  credential: SoftCredential,
  demand: VerificationDemand,
  answer: VerifiedAnswer,
  wrong: VerificationOverrides = {},
): VerificationAssertion {
  credential.signCount = wrong.signCount ?? credential.signCount + 1;
  const challenge = createHash('sha256').update(verificationText(answer)).digest('base64url');
  const client = clientData({ type: 'webauthn.get', challenge, origin: demand.origin }, wrong);
  const authenticator = authenticatorHead(demand.rp_id, wrong, 0, credential.signCount);
  const signed = Buffer.concat([authenticator, createHash('sha256').update(client).digest()]);
  const key = createPrivateKey({ key: { ...(wrong.key ?? credential.key) }, format: 'jwk' });
  return {
    public_key: keyInfoOf(credential.key),
    authenticator_data: authenticator.toString('base64url'),
    client_data: client.toString('base64url'),
    signature: sign('sha256', signed, key).toString('base64url'),
  };
}

const clientData = (
  right: { readonly type: string; readonly challenge: string; readonly origin: string },
  { type, challenge, origin, client }: VerificationOverrides,
): Buffer =>
  Buffer.from(
    JSON.stringify({
      type: type ?? right.type,
      challenge: challenge ?? right.challenge,
      origin: origin ?? right.origin,
      crossOrigin: false,
      ...client,
    }),
  );

function authenticatorHead(
  rpId: string,
  wrong: VerificationOverrides,
  more: number,
  signCount: number,
): Buffer {
  const count = Buffer.alloc(4);
  count.writeUInt32BE(signCount);
  const said = (wrong.flags ?? flags.present | flags.verified) | more;
  const hash = createHash('sha256')
    .update(wrong.rpId ?? rpId)
    .digest();
  return Buffer.concat([hash, Buffer.from([said]), count]);
}

/** CBOR (RFC 8949) of an EC2 key of ES256 (RFC 9053 7.1). */
const coseKey = ({ x, y }: PrivateJwk): Buffer =>
  Buffer.concat([
    Buffer.from('a501020326200121', 'hex'),
    byteString(Buffer.from(x, 'base64url')),
    Buffer.from('22', 'hex'),
    byteString(Buffer.from(y, 'base64url')),
  ]);

/** CBOR of `{ fmt: "none", attStmt: {}, authData }` (WebAuthn 8.7). */
const attestationObject = (authenticatorData: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from('a3', 'hex'),
    ...[text('fmt'), text('none'), text('attStmt'), Buffer.from('a0', 'hex'), text('authData')],
    byteString(authenticatorData),
  ]);

/** Of at most 23 bytes. */
const text = (value: string): Buffer =>
  Buffer.concat([Buffer.from([0x60 + value.length]), Buffer.from(value)]);

/** Of 24 to 255 bytes. */
const byteString = (bytes: Buffer): Buffer => Buffer.concat([Buffer.from([0x58, bytes.length]), bytes]);
