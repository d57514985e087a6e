// What a route is: declared once, and from it come validation, types, the OpenAPI document and the reference page.
import type { z } from 'zod';
import type { ProblemCode } from './problems.ts';
import type { Scope } from './scopes.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * Who may call: anybody; an API client with a scope (Bearer token), or an administrator whose role has it (session cookie); only an
 * administrator; a device (proof of possession); or a key that is to become one.
 */
export type Caller =
  | { readonly kind: 'public' }
  | { readonly kind: 'api_client'; readonly scope: Scope }
  | { readonly kind: 'administrator' }
  | { readonly kind: 'device' }
  | { readonly kind: 'new_device' };

export interface Route {
  readonly method: Method;
  /** With `{name}` for parameters, as in OpenAPI. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly caller: Caller;
  /** An administrator must have proved within the last minutes who is there: for what destroys or hands out power. */
  readonly stepUp?: true;
  /** Pages ask it by themselves, again and again: it does not keep an administrator's session from idling. */
  readonly follows?: true;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Media type of the body; JSON when absent. */
  readonly bodyType?: 'application/x-www-form-urlencoded';
  /** The body is a file of one of these media types and at most so many bytes, instead of fields. */
  readonly file?: {
    readonly types: readonly [string, ...string[]];
    readonly maxBytes: number;
    /** Large: who calls is looked at before any of it is read, and one such file is taken at a time. */
    readonly large?: true;
  };
  /**
   * Status and schema of the one success; `null` for an empty body. `type` is the media type where it is no JSON; `files` are those of
   * which it is a file that never changes.
   */
  readonly success: {
    readonly status: number;
    readonly body: z.ZodType | null;
    readonly type?: string;
    readonly files?: readonly [string, ...string[]];
    /** Sent as a file that a browser keeps. */
    readonly attachment?: true;
  };
  /** What it may be refused with, beyond what every route of this caller may be (see `commonProblems`). */
  readonly problems: readonly ProblemCode[];
}

/** A browser sends it with what a page asks by itself while nobody is there: the session then goes on idling. */
export const unattendedHeader = 'countersign-unattended';

/** Keeps the exact types of a declaration. */
export const route = <const R extends Route>(declaration: R): R => declaration;

/** Problems that any route of a caller may answer with. */
export function commonProblems({ caller, stepUp }: Pick<Route, 'caller' | 'stepUp'>): readonly ProblemCode[] {
  const always: readonly ProblemCode[] = [
    'invalid_request',
    'body_too_large',
    'unsupported_media_type',
    'too_many_requests',
    'unavailable',
    'shutting_down',
    'internal_error',
  ];
  switch (caller.kind) {
    case 'public':
      return always;
    case 'api_client':
    case 'administrator':
      return [
        ...always,
        'unauthorized',
        'forbidden',
        'second_factor_missing',
        ...(stepUp ? (['step_up_required'] as const) : []),
      ];
    case 'device':
    case 'new_device':
      return [...always, 'proof_stale', 'proof_invalid'];
  }
}

type In<S> = S extends z.ZodType ? z.input<S> : never;

/** What a caller gives to a route, as it goes over the wire; parts that the route has not are `never`. */
export interface RouteInput<R extends Route> {
  readonly params: In<R['params']>;
  readonly query: In<R['query']>;
  readonly body: In<R['body']>;
}

/** What the one success of a route brings; `undefined` for an empty body. */
export type RouteOutput<R extends Route> = R['success']['body'] extends z.ZodType
  ? z.output<R['success']['body']>
  : undefined;
