// Reading a challenge and signing the answer to it (device protocol sections 4 and 5).
import { createHash } from 'node:crypto';
import type { VerificationAssertion } from '@countersign/contract/device-models.ts';
import {
  type ChallengeContent,
  type Decision,
  deviceProtocol,
  type VerifiedAnswer,
} from '@countersign/contract/device-protocol.ts';
import { compactDecrypt, importJWK } from 'jose';
import { type PrivateJwk, thumbprintOf } from './keys.ts';
import { signCompact } from './proof.ts';

export interface PendingChallenge {
  readonly id: string;
  readonly content: ChallengeContent;
  /** The exact text that was encrypted; its digest is what gets signed. */
  readonly plaintext: string;
}

/** @param jwe JWE in compact form. @throws Error when it is not for this key or not what the protocol says. */
export async function openChallenge(id: string, jwe: string, key: PrivateJwk): Promise<PendingChallenge> {
  const { plaintext, protectedHeader } = await compactDecrypt(jwe, await importJWK({ ...key }, 'ECDH-ES'), {
    keyManagementAlgorithms: ['ECDH-ES'],
    contentEncryptionAlgorithms: ['A256GCM'],
  });
  if (protectedHeader.kid !== thumbprintOf(key)) throw new Error('the content is for another encryption key');
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(plaintext);
  const content = JSON.parse(text) as ChallengeContent;
  if (content.challenge_id !== id)
    throw new Error(`the content of challenge ${id} is that of ${content.challenge_id}`);
  return { id, content, plaintext: text };
}

export interface AnswerFields {
  readonly deviceId: string;
  readonly challenge: PendingChallenge;
  readonly decision: Decision;
  /** What the person typed. */
  readonly number?: string | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Verifies the user, where the content demands it. */
  readonly verify?: ((answer: VerifiedAnswer) => VerificationAssertion | undefined) | undefined;
}

/** For tests: as `ProofOverrides`. */
export interface AnswerOverrides {
  readonly header?: Readonly<Record<string, unknown>>;
  readonly payload?: Readonly<Record<string, unknown>>;
  readonly signingKey?: PrivateJwk;
  /** Changes the finished JWS. */
  readonly tamper?: (jws: string) => string;
}

export async function signAnswer(
  key: PrivateJwk,
  fields: AnswerFields,
  overrides: AnswerOverrides = {},
): Promise<string> {
  const { deviceId, challenge, decision, number, now, verify } = fields;
  const header = {
    alg: 'ES256',
    typ: deviceProtocol.answerType,
    kid: thumbprintOf(key),
    ...overrides.header,
  };
  const right = {
    request_id: challenge.content.request_id,
    challenge_id: challenge.id,
    device_id: deviceId,
    decision,
    nonce: challenge.content.nonce,
    shown: createHash('sha256').update(challenge.plaintext).digest('base64url'),
    ...(number === undefined ? {} : { number }),
  };
  const verification = verify?.(right);
  const payload = {
    ...right,
    ...(verification ? { verification } : {}),
    iat: Math.floor(now / 1000),
    ...overrides.payload,
  };
  const jws = await signCompact(overrides.signingKey ?? key, header, payload);
  return overrides.tamper ? overrides.tamper(jws) : jws;
}
