// One HTTP request to an OpenID provider, in the form of `fetch`: nothing is followed, the answer is bounded, and it always ends.
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isLoopback } from '#platform/environment.ts';
import { gatewayLookup, refuseAddress } from '../messages/reach-gateway.ts';

export interface FetchRules {
  /** PEM; null: those that the system trusts. */
  readonly ca: string | null;
  /** Whether plain HTTP to this very machine is allowed. */
  readonly httpOnLoopback: boolean;
  /** Plain HTTP to any machine, for messages that protect themselves. */
  readonly httpAnywhere?: boolean;
  readonly signal: AbortSignal;
}

/** What the libraries give to `fetch`. */
export interface FetchInit {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Metadata, keys and tokens have a few kilobytes; some key sets a hundred. */
const maxAnswerBytes = 262_144;

/** What the settings, or the provider's own metadata, lead to and must not. The message is for the administrator. */
export class CallRefused extends Error {}

/** @throws CallRefused, GatewayAddressRefused, or Error when there is no answer */
export async function boundedFetch(address: string, init: FetchInit, rules: FetchRules): Promise<Response> {
  const url = allowedUrl(address, rules);
  const { method, headers } = init;
  const body = bodyOf(init.body);
  const send = url.protocol === 'http:' ? httpRequest : httpsRequest;
  const { promise, resolve, reject } = Promise.withResolvers<Response>();
  const options = {
    method,
    agent: false as const,
    lookup: gatewayLookup,
    headers: { ...headers, 'accept-encoding': 'identity', ...lengthOf(body) },
    signal: rules.signal,
    ...(rules.ca !== null && { ca: rules.ca }),
  };
  const sent = send(url, options, (answer) => readAnswer(answer, resolve, reject));
  sent.on('error', reject);
  sent.on('close', () => reject(new Error('the provider closed the connection')));
  sent.end(body);
  return promise;
}

/** Anything but https would tell codes and secrets to whoever listens. @throws CallRefused, GatewayAddressRefused */
export function allowedUrl(
  address: string,
  { httpOnLoopback, httpAnywhere = false }: Pick<FetchRules, 'httpOnLoopback' | 'httpAnywhere'>,
): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || url.username !== '' || url.password !== '')
    throw new CallRefused(`${address} is no address of a provider`);
  const isAllowed =
    url.protocol === 'https:' ||
    (url.protocol === 'http:' && (httpAnywhere || (httpOnLoopback && isLoopback(address))));
  if (!isAllowed) throw new CallRefused(`${url.origin} is not asked: it must be https`);
  refuseAddress(url.hostname);
  return url;
}

function bodyOf(body: unknown): string | Uint8Array | undefined {
  if (body === undefined || body === null) return undefined;
  if (typeof body === 'string' || body instanceof Uint8Array) return body;
  if (body instanceof URLSearchParams) return body.toString();
  throw new CallRefused('a request with a body of an unknown kind');
}

const lengthOf = (body: string | Uint8Array | undefined): Record<string, string> =>
  body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };

function readAnswer(
  answer: IncomingMessage,
  resolve: (response: Response) => void,
  reject: (error: Error) => void,
): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  answer.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes <= maxAnswerBytes) return;
    reject(new CallRefused(`the answer has more than ${maxAnswerBytes} bytes`));
    answer.destroy();
  });
  answer.on('error', reject);
  answer.on('end', () => {
    try {
      resolve(toResponse(answer, Buffer.concat(chunks)));
    } catch (error) {
      reject(error instanceof Error ? error : new Error('the answer cannot be read'));
    }
  });
}

const bodiless = [101, 204, 205, 304];

function toResponse({ statusCode = 502, headers }: IncomingMessage, body: Buffer): Response {
  const type = headers['content-type'];
  const challenge = headers['www-authenticate'];
  return new Response(bodiless.includes(statusCode) ? null : new Uint8Array(body), {
    status: statusCode,
    headers: { ...(type && { 'content-type': type }), ...(challenge && { 'www-authenticate': challenge }) },
  });
}
