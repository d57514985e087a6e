// What an error of a login at a provider means: of the network, of the provider, or of whoever tries something.
import {
  AuthorizationResponseError,
  ClientError,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
} from 'openid-client';
import type { OpenidRefusal } from '@countersign/contract/openid-words.ts';
import { toDisplayable } from '@countersign/contract/text.ts';
import type { Redeemed } from '#core/openid-providers/openid-client.ts';
import { describeTlsError } from '../directories/tls-words.ts';
import { GatewayAddressRefused } from '../messages/reach-gateway.ts';
import { CallRefused } from './bounded-fetch.ts';

type Failure = Exclude<Redeemed, { kind: 'claims' }>;

const refused = (refusal: OpenidRefusal, detail = ''): Failure => ({
  kind: 'refused',
  refusal,
  detail: toDisplayable(detail, 300),
});

export function failureOf(error: unknown): Failure {
  const unanswered = callIn(error);
  if (unanswered) return { kind: 'unavailable', detail: toDisplayable(unanswered.message, 300) };
  if (error instanceof AuthorizationResponseError)
    return refused('provider_error', [error.error, error.error_description].filter(Boolean).join(': '));
  if (error instanceof ResponseBodyError) return refusedByToken(error.error, error.error_description);
  if (error instanceof WWWAuthenticateChallengeError)
    return refused('client_refused', `HTTP ${error.status}`);
  if (error instanceof ClientError) return refusedByCheck(error);
  return refused('answer_invalid', error instanceof Error ? error.message : '');
}

/** The library wraps what a call throws. */
function callIn(error: unknown): CallRefused | undefined {
  if (error instanceof CallRefused) return error;
  return error instanceof Error && error.cause !== undefined ? callIn(error.cause) : undefined;
}

function refusedByToken(code: string, description = ''): Failure {
  const detail = [code, description].filter((text) => text !== '').join(': ');
  if (code === 'invalid_grant') return refused('code_refused', detail);
  if (code === 'invalid_client' || code === 'unauthorized_client') return refused('client_refused', detail);
  return refused('answer_invalid', detail);
}

/** Claims that a token is compared by. */
const comparisons: Readonly<Record<string, OpenidRefusal>> = {
  iss: 'issuer_wrong',
  aud: 'audience_wrong',
  azp: 'audience_wrong',
  nonce: 'nonce_wrong',
};

const byCode: Readonly<Record<string, OpenidRefusal>> = {
  OAUTH_JWT_TIMESTAMP_CHECK_FAILED: 'token_expired',
  OAUTH_KEY_SELECTION_FAILED: 'key_unknown',
  OAUTH_UNSUPPORTED_OPERATION: 'algorithm_refused',
  OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED: 'subject_differs',
};

/** What the library says of an invalid response, by the words in it: it has one code for all of them. */
const byWords: readonly (readonly [RegExp, OpenidRefusal])[] = [
  [/"iss" \(issuer\).*response parameter|response parameter "iss"/, 'issuer_of_another'],
  [/"alg" header parameter/, 'algorithm_refused'],
  [/signature verification failed/, 'signature_wrong'],
  [/"nonce"/, 'nonce_wrong'],
];

function refusedByCheck({ code = '', cause, message }: ClientError): Failure {
  if (cause instanceof Response) return refusedByStatus(cause);
  const inner = cause instanceof Error ? cause : undefined;
  const said = inner?.message ?? message;
  if (code === 'OAUTH_JWT_CLAIM_COMPARISON_FAILED')
    return refused(comparisons[claimIn(inner)] ?? 'answer_invalid', said);
  const known = byCode[code] ?? byWords.find(([words]) => words.test(said))?.[1];
  return refused(known ?? 'answer_invalid', said);
}

function claimIn(error: Error | undefined): string {
  const cause = error?.cause;
  const claim: unknown = typeof cause === 'object' && cause !== null && 'claim' in cause ? cause.claim : '';
  return typeof claim === 'string' ? claim : '';
}

const refusedByStatus = ({ status }: Response): Failure =>
  status >= 500
    ? { kind: 'unavailable', detail: `it answered HTTP ${status}` }
    : refused('answer_invalid', `HTTP ${status}`);

/** What kept a call from being answered, for the administrator. */
export function describeTransport(error: unknown, url: string, timedOut: boolean): string {
  const host = URL.canParse(url) ? new URL(url).host : url;
  if (error instanceof CallRefused || error instanceof GatewayAddressRefused) return error.message;
  if (timedOut) return `${host} did not answer in time`;
  const code = codeOf(error);
  if (
    /CERT|SIGNED|SIGNATURE|ALTNAME|SSL|TLS|EPROTO|ISSUER|INVALID_PURPOSE/.test(code) &&
    error instanceof Error
  )
    return `${host}: ${describeTlsError(error, host)}`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `no name server knows ${host}`;
  if (code === 'ECONNREFUSED') return `nobody listens at ${host}`;
  return `${host} could not be reached (${code === '' ? 'no answer' : code})`;
}

function codeOf(error: unknown): string {
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  const code: unknown = error instanceof Error && 'code' in error ? error.code : '';
  return typeof code === 'string' ? code : '';
}
