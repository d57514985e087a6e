// That the user was verified before an approval (device protocol section 9): a WebAuthn assertion over the answer that carries it.
// Pure, and for evidence as well as for answers: both must judge alike. Which credential the device has, the caller asks elsewhere.
import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { AnswerPayload, VerificationAssertion } from '@countersign/contract/device-models.ts';
import { type VerificationDemand, verificationText } from '@countersign/contract/device-protocol.ts';
import { equalInConstantTime } from '#platform/secret.ts';
import { fromBase64url } from './base64url.ts';

/** Why an assertion is no good, in words for the log and the activity. */
export const verificationFaults = {
  missing: 'it came without user verification',
  unasked: 'it came with a user verification that was not asked for',
  no_credential: 'the device is not set up for user verification',
  another_credential: 'its user verification is by another credential than the device’s',
  form: 'its user verification cannot be read',
  type: 'its user verification is no assertion',
  challenge: 'its user verification was made for another answer',
  origin: 'its user verification was made for another site',
  rp: 'its user verification was made for another host',
  not_verified: 'the user was not verified',
  signature: 'the signature of its user verification is wrong',
  counter: 'its user verification was counted before: the credential may have been copied',
} as const satisfies Record<string, string>;

export type VerificationFault = keyof typeof verificationFaults;

export type VerificationVerdict =
  | { readonly kind: 'verified'; readonly signCount: number }
  | { readonly kind: 'refused'; readonly fault: VerificationFault };

/** What the content of a challenge demands; undefined when nothing, or when it is of another form: then nothing can meet it. */
export function readDemand(content: unknown): VerificationDemand | 'none' | undefined {
  const { verification } = (content ?? {}) as { readonly verification?: unknown };
  if (verification === undefined) return 'none';
  const { rp_id, origin } = (verification ?? {}) as Readonly<Record<string, unknown>>;
  return typeof rp_id === 'string' && typeof origin === 'string' ? { rp_id, origin } : undefined;
}

/** Judges an assertion by itself, in the order of WebAuthn 7.2. Never throws. */
export function checkAssertion(
  { rp_id, origin }: VerificationDemand,
  answer: AnswerPayload,
  assertion: VerificationAssertion,
): VerificationVerdict {
  const read = readAssertion(assertion);
  if (!read) return refused('form');
  const { client, authenticator } = read;
  if (client.type !== 'webauthn.get') return refused('type');
  const challenge = createHash('sha256').update(verificationText(answer)).digest('base64url');
  if (typeof client.challenge !== 'string' || !equalInConstantTime(client.challenge, challenge))
    return refused('challenge');
  // A page within another page is not what the person believes to look at.
  if (client.origin !== origin || client.crossOrigin === true || client.topOrigin !== undefined)
    return refused('origin');
  if (!authenticator.rpIdHash.equals(createHash('sha256').update(rp_id).digest())) return refused('rp');
  if (!authenticator.isPresent || !authenticator.isVerified) return refused('not_verified');
  if (!isSigned(read)) return refused('signature');
  return { kind: 'verified', signCount: authenticator.signCount };
}

/** WebAuthn 6.1.1: authenticators that do not count say 0 always. */
export const isCounted = (before: number, now: number): boolean =>
  now > before || (before === 0 && now === 0);

const refused = (fault: VerificationFault): VerificationVerdict => ({ kind: 'refused', fault });

interface ReadAssertion {
  readonly key: KeyObject;
  readonly client: Readonly<Record<string, unknown>>;
  readonly authenticator: AuthenticatorData;
  readonly signed: Buffer;
  readonly signature: Buffer;
}

function readAssertion(assertion: VerificationAssertion): ReadAssertion | undefined {
  const key = readVerificationKey(assertion.public_key);
  const clientData = fromBase64url(assertion.client_data);
  const authenticatorData = fromBase64url(assertion.authenticator_data);
  const signature = fromBase64url(assertion.signature);
  const client = clientData && readClientData(clientData);
  const authenticator = authenticatorData && readAuthenticatorData(authenticatorData);
  if (!key || !client || !authenticator || !signature) return undefined;
  // WebAuthn 7.2, steps 20 and 21.
  const signed = Buffer.concat([authenticatorData, createHash('sha256').update(clientData).digest()]);
  return { key, client, authenticator, signed, signature };
}

const minRsaBits = 2048;

/** ES256 or RS256: what platform authenticators make. @param text SubjectPublicKeyInfo, base64url */
export function readVerificationKey(text: string): KeyObject | undefined {
  const bytes = fromBase64url(text);
  if (!bytes) return undefined;
  try {
    const key = createPublicKey({ key: bytes, format: 'der', type: 'spki' });
    // One key has one form, so that nothing in evidence can be changed.
    if (!key.export({ format: 'der', type: 'spki' }).equals(bytes)) return undefined;
    const { namedCurve, modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
    const isEs256 = key.asymmetricKeyType === 'ec' && namedCurve === 'prime256v1';
    const isRs256 = key.asymmetricKeyType === 'rsa' && modulusLength >= minRsaBits;
    return isEs256 || isRs256 ? key : undefined;
  } catch {
    return undefined;
  }
}

function readClientData(bytes: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

interface AuthenticatorData {
  readonly rpIdHash: Buffer;
  readonly isPresent: boolean;
  readonly isVerified: boolean;
  readonly signCount: number;
}

const authenticatorDataBytes = 37; // WebAuthn 6.1
const presentFlag = 0x01;
const verifiedFlag = 0x04;

function readAuthenticatorData(bytes: Buffer): AuthenticatorData | undefined {
  if (bytes.length < authenticatorDataBytes) return undefined;
  const flags = bytes.readUInt8(32);
  return {
    rpIdHash: bytes.subarray(0, 32),
    isPresent: (flags & presentFlag) !== 0,
    isVerified: (flags & verifiedFlag) !== 0,
    signCount: bytes.readUInt32BE(33),
  };
}

function isSigned({ key, signed, signature }: ReadAssertion): boolean {
  try {
    return verify('sha256', signed, key, signature);
  } catch {
    return false;
  }
}
