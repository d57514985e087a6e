// Calls of the device protocol: each with a fresh proof; the clock is corrected once when the server says that it is off.
import type { PublicKeyJwk } from '@countersign/contract/device-models.ts';
import { type Bytes, utf8 } from './base64url.ts';
import { signProof } from './proof.ts';
import { readProblem, ServerProblem, ServerUnreachable } from '@countersign/ui/server-problem.ts';

export interface Signer {
  readonly key: CryptoKey;
  readonly jwk: PublicKeyJwk;
}

/** The server's clock as far as it is known. */
export interface ServerClock {
  /** Epoch milliseconds by the server's clock. */
  now(): number;
  /** Learns from what a response said. */
  correct(serverTime: number): void;
}

export interface CallOptions {
  readonly query?: string;
  readonly body?: unknown;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface Connection {
  /** The response, whatever its status. @throws ServerUnreachable, or the signal's reason */
  send(method: string, path: string, options?: CallOptions): Promise<Response>;
  /** JSON of a good response; undefined for an empty one. @throws ServerProblem, ServerUnreachable */
  call(method: string, path: string, options?: CallOptions): Promise<unknown>;
}

export interface ConnectionDeps {
  readonly publicUrl: string;
  readonly clock: ServerClock;
  /** None: the call goes without a proof. */
  readonly signer?: Signer | undefined;
  readonly fetch?: typeof fetch;
}

const defaultTimeoutMs = 15_000;

export function openConnection(deps: ConnectionDeps): Connection {
  const send: Connection['send'] = async (method, path, options = {}) => {
    const response = await sendOnce(deps, method, path, options);
    if (response.status !== 401 || !deps.signer) return response;
    const problem = await readProblem(response.clone());
    if (!(problem instanceof ServerProblem) || problem.code !== 'proof_stale') return response;
    if (problem.serverTime === undefined) return response;
    deps.clock.correct(problem.serverTime);
    return sendOnce(deps, method, path, options);
  };
  return {
    send,
    async call(method, path, options) {
      const response = await send(method, path, options);
      if (!response.ok) throw await readProblem(response);
      return readBody(response, deps.clock);
    },
  };
}

async function sendOnce(
  { publicUrl, clock, signer, fetch: send = fetch }: ConnectionDeps,
  method: string,
  path: string,
  { query = '', body: given, timeoutMs = defaultTimeoutMs, signal }: CallOptions,
): Promise<Response> {
  const body: Bytes | undefined = given === undefined ? undefined : utf8(JSON.stringify(given));
  const url = `${publicUrl}${path}`;
  const headers = new Headers({ accept: 'application/json, text/event-stream' });
  if (body) headers.set('content-type', 'application/json');
  if (signer)
    headers.set('dpop', await signProof(signer.key, signer.jwk, { method, url, body, now: clock.now() }));
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    return await send(`${url}${query}`, {
      method,
      headers,
      signal: signal ? AbortSignal.any([timeout, signal]) : timeout,
      redirect: 'error',
      cache: 'no-store',
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      ...(body ? { body } : {}),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ServerUnreachable(error);
  }
}

async function readBody(response: Response, clock: ServerClock): Promise<unknown> {
  const text = await response.text().catch((error: unknown) => {
    throw new ServerUnreachable(error);
  });
  if (text === '') return undefined;
  try {
    const document = JSON.parse(text) as { readonly server_time?: unknown } | null;
    if (typeof document?.server_time === 'number') clock.correct(document.server_time);
    return document;
  } catch (error) {
    throw new ServerUnreachable(error);
  }
}
