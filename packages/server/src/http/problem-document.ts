// Turns whatever was thrown into the answer that goes out: a problem document (RFC 9457) with a code from the closed table.
import { type ProblemCode, problemKinds } from '@countersign/contract/problems.ts';
import { type FieldError, Problem, Unavailable } from '#platform/problem.ts';
import { TooManyRequests } from './rate-limits.ts';

export const problemType = 'application/problem+json';

/** What goes out for an error, before it is written in one form or another. */
export interface Refusal {
  readonly code: ProblemCode;
  readonly detail?: string | undefined;
  readonly fields?: readonly FieldError[];
  readonly members?: Readonly<Record<string, unknown>>;
  readonly retryAfterMs?: number;
}

/** What an error is to the caller. Whatever is not known is `internal_error`, and nothing of it is told. */
export function toRefusal(error: unknown): Refusal {
  if (error instanceof Problem) return fromProblem(error);
  if (error instanceof TooManyRequests)
    return { code: 'too_many_requests', retryAfterMs: error.retryAfterMs };
  if (error instanceof Unavailable) return { code: 'unavailable' };
  return fromFramework(error) ?? { code: 'internal_error' };
}

/** Where the core says "too many" without saying how long to wait. */
const usualRetryMs = 10_000;

const fromProblem = ({ code, detail, fields, members }: Problem): Refusal => ({
  code,
  detail,
  fields,
  members,
  ...(code === 'too_many_requests' ? { retryAfterMs: usualRetryMs } : {}),
});

const frameworkCodes: Readonly<Record<string, Refusal>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: { code: 'body_too_large' },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: { code: 'unsupported_media_type' },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    code: 'invalid_request',
    detail: 'the body is not as long as its Content-Length says',
  },
  // No route has the method QUERY, of which the framework wants a Content-Type first (RFC 10008 2).
  FST_ERR_ROUTE_MISSING_CONTENT_TYPE: { code: 'route_unknown' },
  FST_ERR_MAX_PARAM_LENGTH: { code: 'route_unknown' },
  FST_ERR_BAD_URL: { code: 'invalid_request', detail: 'the URL cannot be decoded' },
};

function fromFramework(error: unknown): Refusal | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  // A body cut off on the way: nobody is left to read the answer, but it is no defect either.
  if (error.code === 'ECONNRESET' || error.code === 'ERR_STREAM_PREMATURE_CLOSE')
    return { code: 'invalid_request', detail: 'the body was cut off' };
  return frameworkCodes[error.code];
}

export interface ProblemContext {
  readonly publicUrl: string;
  readonly requestId: string;
  /** Epoch milliseconds; told only where the device needs it. */
  readonly now: number;
}

/** The problem document of a refusal (RFC 9457 3). */
export function problemDocument(refusal: Refusal, context: ProblemContext): Record<string, unknown> {
  const { title, status } = problemKinds[refusal.code];
  return {
    type: `${context.publicUrl}/docs/problems#${refusal.code}`,
    title,
    status,
    code: refusal.code,
    ...(refusal.detail === undefined ? {} : { detail: refusal.detail }),
    ...(refusal.fields && refusal.fields.length > 0 ? { errors: refusal.fields } : {}),
    ...refusal.members,
    ...(refusal.code === 'proof_stale' ? { server_time: context.now } : {}),
    request_id: context.requestId,
  };
}

/** Headers that go with a refusal. */
export function refusalHeaders(refusal: Refusal): Record<string, string> {
  const challenge = challengeFor(refusal.code);
  return {
    ...(challenge === undefined ? {} : { 'www-authenticate': challenge }),
    ...(refusal.retryAfterMs === undefined
      ? {}
      : { 'retry-after': String(Math.max(1, Math.ceil(refusal.retryAfterMs / 1000))) }),
  };
}

/** RFC 9110 11.6.1: a 401 says how to authenticate. */
function challengeFor(code: ProblemCode): string | undefined {
  if (code === 'unauthorized') return 'Bearer realm="countersign"';
  if (code === 'forbidden') return 'Bearer realm="countersign", error="insufficient_scope"'; // RFC 6750 3.1
  if (code === 'invalid_client') return 'Basic realm="countersign", charset="UTF-8"'; // RFC 6749 5.2
  if (code === 'proof_invalid' || code === 'proof_stale')
    return 'DPoP algs="ES256", error="invalid_dpop_proof"'; // RFC 9449 7.1
  return undefined;
}

/** Codes that RFC 6749 5.2 has a name for; at the token endpoint they are answered in its form. */
const oauthCodes: readonly ProblemCode[] = [
  'invalid_request',
  'invalid_client',
  'invalid_scope',
  'unsupported_grant_type',
];

/** The RFC 6749 5.2 form of a refusal, or undefined when that RFC has no code for it. */
export function oauthError(refusal: Refusal): Record<string, string> | undefined {
  if (!oauthCodes.includes(refusal.code)) return undefined;
  const named = (refusal.fields ?? []).map(({ field, message }) => `${field}: ${message}`).join('; ');
  const description = [refusal.detail ?? problemKinds[refusal.code].title, named].filter(
    (text) => text !== '',
  );
  // error_description may hold only these characters (RFC 6749 5.2).
  return {
    error: refusal.code,
    error_description: description.join(': ').replace(/[^\x20-\x7e]|["\\]/g, '?'),
  };
}
