// One try to hand a push to its push service (RFC 8030 5): what it answered, or that it did not.
import type { Agent } from 'node:http';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { AddressRefused } from './guarded-agents.ts';

export interface Post {
  readonly endpoint: URL;
  readonly agent: Agent;
  readonly lookup: LookupFunction;
  readonly headers: Readonly<Record<string, string>>;
  /** Empty for a push that says nothing. */
  readonly body: Uint8Array;
  /** Ends it, the look-up of the host included. */
  readonly signal: AbortSignal;
}

export type Posted =
  | { readonly kind: 'answered'; readonly status: number; readonly retryAfter: string | undefined }
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'address_refused' };

/** Of an answer, which says nothing that we need. */
const maxAnswerBytes = 16_384;

/** Always settles, and never rejects; redirects are answers like any other, and not followed. */
export async function postPush(post: Post): Promise<Posted> {
  const { endpoint, headers, body, ...rest } = post;
  const request = endpoint.protocol === 'http:' ? httpRequest : httpsRequest;
  const { promise, resolve } = Promise.withResolvers<Posted>();
  const failed = (error: Error) =>
    resolve({ kind: error instanceof AddressRefused ? 'address_refused' : 'unreachable' });
  const options = { ...rest, method: 'POST', headers: { ...headers, 'content-length': body.length } };
  const sent = request(endpoint, options, (answer) => {
    ignoreBody(answer);
    const retryAfter = answer.headers['retry-after'];
    resolve({ kind: 'answered', status: answer.statusCode ?? 0, retryAfter });
  });
  sent.on('error', failed);
  // An answer that Node takes for an upgrade ends the connection with neither an answer nor an error, and the time-out does nothing then.
  sent.on('close', () => resolve({ kind: 'unreachable' }));
  sent.end(body);
  return promise;
}

/** Read as far as it must be for the connection to be used again. */
function ignoreBody(answer: IncomingMessage): void {
  let bytes = 0;
  answer.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxAnswerBytes) answer.destroy();
  });
  answer.on('error', () => undefined);
}

const dayMs = 86_400_000;

/** @returns milliseconds to wait, or undefined when it says nothing that can be read (RFC 9110 10.2.3). */
export function readRetryAfter(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  if (/^[0-9]{1,9}$/.test(text)) return Math.min(Number(text) * 1000, dayMs);
  const at = /^[A-Z][a-z]{2},? /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.min(Math.max(0, at - now), dayMs);
}
