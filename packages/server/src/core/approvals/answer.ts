// A device's answer to a challenge (device protocol section 5), read strictly: form and signature only. Whether it fits the
// challenge, the use case that takes it decides.
import { AnswerPayload } from '@countersign/contract/device-models.ts';
import { deviceProtocol } from '@countersign/contract/device-protocol.ts';
import { type CompactJws, hasExactly, isSignedEs256, readCompactJws } from '#core/devices/compact-jws.ts';
import { type PublicJwk, readPublicJwk } from '#core/devices/p256.ts';

/** Why an answer cannot be read: for the log only. */
export type AnswerFault = 'too_large' | 'not_compact_jws' | 'header' | 'key' | 'payload' | 'signature';

export type AnswerReading =
  | { readonly kind: 'ok'; readonly payload: AnswerPayload }
  | { readonly kind: 'invalid'; readonly cause: AnswerFault };

const maxLength = 4096;

/** @param signingKey public JWK of the device that is said to have signed. Never throws. */
export function readAnswer(answer: string, signingKey: PublicJwk): AnswerReading {
  if (answer.length > maxLength) return invalid('too_large');
  const jws = readCompactJws(answer);
  if (!jws) return invalid('not_compact_jws');
  const signer = readPublicJwk(signingKey);
  if (!signer) return invalid('key');
  if (!hasHeader(jws)) return invalid('header');
  if (jws.header.kid !== signer.thumbprint) return invalid('key');
  if (!isSignedEs256(jws, signer.key)) return invalid('signature');
  const payload = AnswerPayload.safeParse(jws.payload);
  return payload.success ? { kind: 'ok', payload: payload.data } : invalid('payload');
}

const invalid = (cause: AnswerFault): AnswerReading => ({ kind: 'invalid', cause });

const hasHeader = ({ header }: CompactJws): boolean =>
  hasExactly(header, ['alg', 'typ', 'kid']) &&
  header.alg === 'ES256' &&
  header.typ === deviceProtocol.answerType;
