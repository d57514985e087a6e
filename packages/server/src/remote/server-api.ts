// The server's HTTP API as a remote proxy uses it: typed by the contract, with an access token that is fetched when needed, kept, and
// renewed once when the server no longer takes it.
import type { AuthRequest, NewAuthRequest } from '@countersign/contract/models.ts';
import type { ProxiedApplication, UnreachableLogin } from '@countersign/contract/remote-proxy-models.ts';
import type { Route } from '@countersign/contract/route.ts';
import { authRequestsRoutes } from '@countersign/contract/routes/auth-requests.ts';
import { remoteProxiesRoutes } from '@countersign/contract/routes/remote-proxies.ts';
import { tokensRoutes } from '@countersign/contract/routes/tokens.ts';
import type { z } from 'zod';
import type { Clock } from '#platform/clock.ts';
import type { Secret } from '#platform/secret.ts';
import type { StopSignal } from '#platform/stop-signal.ts';
import type { HttpCall, HttpCaller, HttpFailure } from './http-call.ts';

/** `refused`: the API said no; `code` is that of its problem document, or of OAuth's error. */
export type ApiResult<T> =
  | { readonly kind: 'done'; readonly value: T }
  | {
      readonly kind: 'refused';
      readonly status: number;
      readonly code: string;
      readonly retryAfterMs: number;
    }
  | HttpFailure;

export type ApiFailure = Exclude<ApiResult<never>, { kind: 'done' }>;

export interface ServerApi {
  application(): Promise<ApiResult<ProxiedApplication>>;
  /** Asked again with the same reference while it is open, the answer is the open one. */
  createAuthRequest(
    request: NewAuthRequest,
    signal: StopSignal,
  ): Promise<ApiResult<AuthRequest & { number: string | null }>>;
  /** Waits on the server for at most `seconds` (0 to 60). */
  awaitAuthRequest(id: string, seconds: number, signal: StopSignal): Promise<ApiResult<AuthRequest>>;
  report(logins: readonly UnreachableLogin[]): Promise<ApiResult<{ recorded: number }>>;
}

export interface ServerApiDeps {
  readonly caller: HttpCaller;
  readonly clock: Clock;
  /** Access ID. */
  readonly application: string;
  readonly clientId: string;
  readonly clientSecret: Secret;
  /** Told how every call ended. */
  readonly heard: (call: string, result: ApiResult<unknown>) => void;
}

const callTimeoutMs = 5000;
const wantedScopes = 'auth_requests remote_proxy';
/** A token this close to its end is not used any more, milliseconds. */
const tokenMarginMs = 60_000;

interface Token {
  readonly text: string;
  /** Monotonic milliseconds. */
  readonly until: number;
}

export function createServerApi(deps: ServerApiDeps): ServerApi {
  const tokens = createTokens(deps);

  async function call<R extends Route>(name: string, route: R, made: Made): Promise<ApiResult<Body<R>>> {
    const result = await withToken(tokens, (token) => callOnce(deps.caller, route, made, token));
    deps.heard(name, result);
    return result;
  }
  return {
    application: () =>
      call('application', remoteProxiesRoutes.getProxiedApplication, {
        path: `/v1/remote-proxy/application?application=${encodeURIComponent(deps.application)}`,
      }),
    createAuthRequest: (request, signal) =>
      call('create', authRequestsRoutes.createAuthRequest, {
        path: '/v1/auth-requests',
        body: request,
        signal,
        // Without a reference a second call asks anew: it must be known whether the first one can have arrived.
        fresh: request.reference === undefined,
      }),
    awaitAuthRequest: (id, seconds, signal) =>
      call('wait', authRequestsRoutes.awaitAuthRequest, {
        path: `/v1/auth-requests/${encodeURIComponent(id)}/wait?seconds=${seconds}`,
        signal,
        timeoutMs: seconds * 1000 + callTimeoutMs,
      }),
    report: (logins) =>
      call('report', remoteProxiesRoutes.reportUnreachableLogins, {
        path: '/v1/remote-proxy/unreachable-logins',
        body: { application: deps.application, logins },
      }),
  };
}

type Body<R extends Route> = R['success']['body'] extends z.ZodType ? z.output<R['success']['body']> : null;

interface Made {
  readonly path: string;
  readonly body?: unknown;
  readonly signal?: StopSignal;
  readonly timeoutMs?: number;
  readonly fresh?: boolean;
}

async function callOnce<R extends Route>(
  caller: HttpCaller,
  route: R,
  { path, body, signal, timeoutMs = callTimeoutMs, fresh }: Made,
  token: string,
): Promise<ApiResult<Body<R>>> {
  const headers = {
    authorization: `Bearer ${token}`,
    ...(body !== undefined && { 'content-type': 'application/json' }),
  };
  const text = body === undefined ? undefined : JSON.stringify(body);
  return read(caller, route, { method: route.method, path, headers, body: text, timeoutMs, signal, fresh });
}

async function read<R extends Route>(
  caller: HttpCaller,
  route: R,
  call: HttpCall,
): Promise<ApiResult<Body<R>>> {
  const result = await caller.call(call);
  if (result.kind !== 'answer') return result;
  const { status, body, retryAfterMs } = result;
  if (status !== route.success.status) {
    const code = codeOf(body);
    if (code === undefined)
      return { kind: 'foreign', cause: `an answer with status ${status} that is not the API’s` };
    return { kind: 'refused', status, code, retryAfterMs };
  }
  // Not strict: a newer server may say more.
  const parsed = route.success.body?.safeParse(body);
  if (parsed?.success !== true) return { kind: 'foreign', cause: 'an answer of another form than the API’s' };
  return { kind: 'done', value: parsed.data as Body<R> };
}

/** Of a problem document, or of an OAuth error (RFC 6749 5.2). */
function codeOf(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const code = 'code' in body ? body.code : 'error' in body ? body.error : undefined;
  return typeof code === 'string' ? code.slice(0, 64) : undefined;
}

type Tokens = ReturnType<typeof createTokens>;

async function withToken<T>(
  tokens: Tokens,
  use: (token: string) => Promise<ApiResult<T>>,
): Promise<ApiResult<T>> {
  const first = await tokens.get();
  if (first.kind !== 'done') return first;
  const result = await use(first.value.text);
  if (result.kind !== 'refused' || result.status !== 401) return result;
  tokens.forget(first.value);
  const second = await tokens.get();
  return second.kind === 'done' ? use(second.value.text) : second;
}

/** One token for all calls; whoever comes while it is being fetched waits for the same one. */
function createTokens({ caller, clock, clientId, clientSecret }: ServerApiDeps) {
  let kept: Token | undefined;
  let coming: Promise<ApiResult<Token>> | undefined;

  const fetchToken = async (): Promise<ApiResult<Token>> => {
    const asked = clock.monotonic();
    // RFC 6749 2.3.1: both parts form-encoded before they are joined.
    const basic = Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret.reveal())}`);
    const result = await read(caller, tokensRoutes.createToken, {
      method: 'POST',
      path: tokensRoutes.createToken.path,
      headers: {
        authorization: `Basic ${basic.toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope: wantedScopes }).toString(),
      timeoutMs: callTimeoutMs,
    });
    if (result.kind !== 'done') return result;
    const { access_token: text, expires_in: seconds } = result.value;
    kept = { text, until: asked + seconds * 1000 - tokenMarginMs };
    return { kind: 'done', value: kept };
  };
  return {
    async get(): Promise<ApiResult<Token>> {
      if (kept && clock.monotonic() < kept.until) return { kind: 'done', value: kept };
      coming ??= fetchToken().finally(() => {
        coming = undefined;
      });
      return coming;
    },
    forget(token: Token): void {
      if (kept === token) kept = undefined;
    },
  };
}
