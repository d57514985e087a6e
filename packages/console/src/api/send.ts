// One call of the HTTP API, by the name of its route. Browsers carry the session in a cookie; nothing is kept here.
import { type RouteInput, type RouteOutput, unattendedHeader } from '@countersign/contract/route.ts';
import type { routes } from '@countersign/contract/routes.ts';
import { ServerProblem, readProblem, ServerUnreachable } from '@countersign/ui/server-problem.ts';
import { isAttended } from './attended.ts';
import { routeTable } from './route-table.ts';

export type CallName = keyof typeof routeTable;

/** Parts that a route has not are left out. */
type Present<T> = { readonly [K in keyof T as [T[K]] extends [never] ? never : K]: T[K] };
/** The body of a route that takes a file is the file, with its type. */
type FileOf<R> = R extends { readonly file: object } ? { readonly file: Blob } : unknown;
export type CallInput<N extends CallName> = Present<RouteInput<(typeof routes)[N]>> &
  FileOf<(typeof routes)[N]>;
export type CallOutput<N extends CallName> = RouteOutput<(typeof routes)[N]>;

export interface SendOptions {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number;
}

interface Parts {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  readonly file?: Blob;
}

/** The longest call waits 20 seconds for a phone. */
const defaultTimeoutMs = 30_000;

/** `{public URL}` seen from `{public URL}/console/`. */
const apiRoot = '..';

/** Path and query of a call. Values that are undefined or empty are left out of the query. */
export function urlOf(name: CallName, { params = {}, query = {} }: Parts): string {
  const path = routeTable[name][1].replace(/\{(\w+)\}/g, (_whole, key: string) =>
    encodeURIComponent(params[key] ?? ''),
  );
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  const search = new URLSearchParams(given.map(([key, value]) => [key, String(value)])).toString();
  return `${apiRoot}${path}${search === '' ? '' : `?${search}`}`;
}

/** @throws ServerProblem, ServerUnreachable, or the signal's reason */
export async function send<N extends CallName>(
  name: N,
  input: CallInput<N>,
  { signal, timeoutMs = defaultTimeoutMs }: SendOptions = {},
): Promise<CallOutput<N>> {
  const parts: Parts = input;
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(urlOf(name, parts), {
      method: routeTable[name][0],
      signal: signal ? AbortSignal.any([timeout, signal]) : timeout,
      cache: 'no-store',
      redirect: 'error',
      headers: {
        accept: 'application/json',
        ...(isAttended() ? {} : { [unattendedHeader]: 'true' }),
        ...(parts.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(parts.file === undefined ? {} : { 'content-type': parts.file.type }),
      },
      ...(parts.body === undefined ? {} : { body: JSON.stringify(parts.body) }),
      ...(parts.file === undefined ? {} : { body: parts.file }),
    });
    if (!response.ok) throw await readProblem(response);
    const text = await response.text();
    return (text === '' ? undefined : JSON.parse(text)) as CallOutput<N>;
  } catch (error) {
    if (signal?.aborted || error instanceof ServerProblem) throw error;
    throw error instanceof ServerUnreachable ? error : new ServerUnreachable(error);
  }
}
