// Reading a challenge and signing the answer to it (device protocol sections 4 and 5).
import type { VerificationAssertion } from '@countersign/contract/device-models.ts';
import {
  type ChallengeContent,
  type Decision,
  deviceProtocol,
  type VerifiedAnswer,
} from '@countersign/contract/device-protocol.ts';
import { fromUtf8, sha256, utf8 } from './base64url.ts';
import { decryptJwe } from './jwe.ts';
import { signJws } from './jws.ts';

export interface Challenge {
  readonly id: string;
  readonly content: ChallengeContent;
  /** The exact text that was encrypted; its digest is what gets signed. */
  readonly plaintext: string;
}

/** @throws Error when it is not for this key or not what the protocol says. */
export async function openChallenge(
  { id, content: jwe }: { readonly id: string; readonly content: string },
  key: { readonly privateKey: CryptoKey; readonly kid: string },
): Promise<Challenge> {
  const plaintext = fromUtf8(await decryptJwe(jwe, key.privateKey, key.kid));
  const content: unknown = JSON.parse(plaintext);
  if (!isContent(content)) throw new Error('the content is not that of a challenge');
  if (content.challenge_id !== id) throw new Error('the content is that of another challenge');
  return { id, content, plaintext };
}

type Loose<T> = { readonly [K in keyof T]?: unknown };

function isContent(value: unknown): value is ChallengeContent {
  if (typeof value !== 'object' || value === null) return false;
  const given = value as Loose<ChallengeContent>;
  const texts = [
    given.request_id,
    given.challenge_id,
    given.nonce,
    given.username,
    given.title,
    given.description,
  ];
  return (
    texts.every((text) => typeof text === 'string') &&
    typeof given.created_at === 'number' &&
    typeof given.expires_at === 'number' &&
    typeof (given.application as Loose<ChallengeContent['application']> | undefined)?.name === 'string' &&
    typeof (given.client as Loose<ChallengeContent['client']> | undefined)?.name === 'string' &&
    isNumberQuestion(given.number) &&
    isDemand(given.verification)
  );
}

function isNumberQuestion(value: unknown): boolean {
  if (value === undefined) return true;
  if (typeof value !== 'object' || value === null || !('digits' in value)) return false;
  const { digits } = value;
  return typeof digits === 'number' && digits >= 1 && digits <= 8;
}

function isDemand(value: unknown): boolean {
  if (value === undefined) return true;
  if (typeof value !== 'object' || value === null || !('rp_id' in value) || !('origin' in value))
    return false;
  return typeof value.rp_id === 'string' && typeof value.origin === 'string';
}

export interface AnswerFields {
  readonly deviceId: string;
  /** Thumbprint of the signing key. */
  readonly kid: string;
  readonly decision: Decision;
  /** What the person typed. */
  readonly number?: string | undefined;
  /** Verifies the person, before anything is signed. */
  readonly verify?: ((answer: VerifiedAnswer) => Promise<VerificationAssertion>) | undefined;
  /** Epoch milliseconds by the server's clock; asked when it is signed. */
  readonly now: () => number;
}

export async function signAnswer(
  key: CryptoKey,
  { id, content, plaintext }: Challenge,
  { deviceId, kid, decision, number, verify, now }: AnswerFields,
): Promise<string> {
  const answer: VerifiedAnswer = {
    request_id: content.request_id,
    challenge_id: id,
    device_id: deviceId,
    decision,
    nonce: content.nonce,
    shown: await sha256(utf8(plaintext)),
    ...(number === undefined ? {} : { number }),
  };
  const verification = await verify?.(answer);
  return signJws(
    key,
    { alg: 'ES256', typ: deviceProtocol.answerType, kid },
    { ...answer, ...(verification ? { verification } : {}), iat: Math.floor(now() / 1000) },
  );
}
