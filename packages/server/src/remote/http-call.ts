// One HTTP call to the server, bounded in time and size, and how it ended as a value. What counts as unreachable is decided here and
// nowhere else, since for some applications it opens a door (ADR 0009).
import { Agent, type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http';
import { Agent as TlsAgent, request as httpsRequest } from 'node:https';
import type { StopSignal } from '#platform/stop-signal.ts';

export interface HttpCall {
  readonly method: string;
  /** Path and query, with a slash first. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** For the whole call, milliseconds. */
  readonly timeoutMs: number;
  readonly signal?: StopSignal | undefined;
  /** On a connection of its own: then a call that failed before it was sent can be told from one that may have arrived. */
  readonly fresh?: boolean | undefined;
}

/**
 * `unreachable`: no connection, none that lasted, no answer in time, or a gateway that says so (502, 503, 504); `sent` tells whether
 * the server may have seen the call, `late` that trying at once again is of no use. `untrusted`: its certificate was not accepted. `foreign`: whoever answered is not the API.
 */
export type HttpFailure =
  | { readonly kind: 'unreachable'; readonly cause: string; readonly sent: boolean; readonly late?: boolean }
  | { readonly kind: 'untrusted'; readonly cause: string }
  | { readonly kind: 'foreign'; readonly cause: string }
  | { readonly kind: 'aborted' };

export type HttpResult =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly body: unknown;
      readonly retryAfterMs: number;
    }
  | HttpFailure;

export interface HttpCaller {
  call(call: HttpCall): Promise<HttpResult>;
  close(): void;
}

const maxBodyBytes = 65_536;
const maxHeaderBytes = 16_384;
const maxConnections = 512;
const longestRetryAfterMs = 60_000;

/** @param baseUrl without a slash at the end. @param ca certificates that alone are trusted, PEM */
export function createHttpCaller({ baseUrl, ca }: { baseUrl: string; ca?: string | undefined }): HttpCaller {
  const base = new URL(baseUrl);
  const secure = base.protocol === 'https:';
  const trust = { minVersion: 'TLSv1.2', ...(ca !== undefined && { ca }) } as const;
  const pooled = { keepAlive: true, maxSockets: maxConnections, scheduling: 'lifo' } as const;
  const agents = secure
    ? {
        kept: new TlsAgent({ ...pooled, ...trust }),
        fresh: new TlsAgent({ ...trust, maxSockets: maxConnections }),
      }
    : { kept: new Agent(pooled), fresh: new Agent({ maxSockets: maxConnections }) };
  const open = secure ? httpsRequest : httpRequest;
  const prefix = base.pathname.replace(/\/$/, '');
  const start = (call: HttpCall): ClientRequest =>
    open({
      host: base.hostname.replace(/^\[|\]$/g, ''),
      port: base.port === '' ? (secure ? 443 : 80) : Number(base.port),
      method: call.method,
      path: prefix + call.path,
      agent: call.fresh === true ? agents.fresh : agents.kept,
      maxHeaderSize: maxHeaderBytes,
      headers: {
        host: base.host,
        accept: 'application/json, application/problem+json',
        ...call.headers,
        'content-length': String(Buffer.byteLength(call.body ?? '')),
      },
    });
  return {
    async call(call) {
      const request = start(call);
      const result = await perform(request, call);
      // The server may have closed a kept connection in the very moment it was used: that says nothing about the server.
      if (result.kind !== 'unreachable' || !request.reusedSocket || result.late) return result;
      const again = await perform(start({ ...call, fresh: true }), call);
      // The first may have arrived all the same, even if the second never left.
      return again.kind === 'unreachable' ? { ...again, sent: again.sent || result.sent } : again;
    },
    close: () => {
      agents.kept.destroy();
      agents.fresh.destroy();
    },
  };
}

function perform(request: ClientRequest, { body, timeoutMs, signal }: HttpCall): Promise<HttpResult> {
  const { promise, resolve } = Promise.withResolvers<HttpResult>();
  let sent = false;
  const end = (result: HttpResult): void => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
    resolve(result);
    if (result.kind !== 'answer') request.destroy();
  };
  const lost = (cause: string): void => end({ kind: 'unreachable', cause, sent });
  const abort = (): void => end({ kind: 'aborted' });
  const timer = setTimeout(
    () => end({ kind: 'unreachable', cause: `no answer within ${timeoutMs} ms`, sent, late: true }),
    timeoutMs,
  );
  signal?.addEventListener('abort', abort, { once: true });
  request.on('socket', (socket) => {
    // From here on bytes may have left, whatever happens to the connection.
    const connected = (): void => {
      sent = true;
    };
    if (socket.connecting) socket.once('secure' in socket ? 'secureConnect' : 'connect', connected);
    else connected();
  });
  request.on('error', (error: NodeJS.ErrnoException) => {
    if (isDistrust(error)) end({ kind: 'untrusted', cause: describe(error) });
    else lost(describe(error));
  });
  request.on('response', (response) => {
    readBody(response).then(
      (text) => end(text === undefined ? tooLarge : resultOf(response, text)),
      (error: unknown) => lost(describe(error)),
    );
  });
  if (signal?.aborted === true) abort();
  else request.end(body);
  return promise;
}

const tooLarge = { kind: 'foreign', cause: `the answer is longer than ${maxBodyBytes} bytes` } as const;

/** @returns undefined when it is too long */
async function readBody(response: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBodyBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** A gateway in front of the server speaks these for it; the server itself says 503 when its database is gone or it drains. */
const gatewayStatuses: ReadonlySet<number> = new Set([502, 503, 504]);

function resultOf({ statusCode = 0, headers }: IncomingMessage, text: string): HttpResult {
  if (gatewayStatuses.has(statusCode))
    return { kind: 'unreachable', cause: `status ${statusCode}`, sent: true, late: true };
  // RFC 9110 15.4: nobody who is asked for a decision sends us elsewhere.
  if (statusCode >= 300 && statusCode < 400)
    return { kind: 'foreign', cause: `a redirection to another address (status ${statusCode})` };
  const seconds = /^[0-9]{1,6}$/.test(headers['retry-after'] ?? '') ? Number(headers['retry-after']) : 1;
  const retryAfterMs = Math.min(longestRetryAfterMs, seconds * 1000);
  try {
    return { kind: 'answer', status: statusCode, body: text === '' ? null : JSON.parse(text), retryAfterMs };
  } catch {
    return { kind: 'foreign', cause: `an answer that is no JSON (status ${statusCode})` };
  }
}

/** Codes of OpenSSL's verification (X509_V_ERR_…), of Node's check of the name, and of a handshake that is no TLS at all. */
const distrust =
  /^(?:ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|CRL_|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED|HOSTNAME_MISMATCH|ERROR_IN_CERT_|EPROTO$)/;

const isDistrust = ({ code }: NodeJS.ErrnoException): boolean => code !== undefined && distrust.test(code);

/** An AggregateError (every address of a name refused) says nothing itself. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const [first] = error instanceof AggregateError ? (error.errors as unknown[]) : [];
  return error.message === '' && first instanceof Error ? first.message : error.message;
}
