// Reads what a call brings (parameters, query, body) with the schemas of its route; what is not declared is refused.
import type { Route } from '@countersign/contract/route.ts';
import type { z } from 'zod';
import { type FieldError, Problem } from '#platform/problem.ts';
import { parseForm } from './form-body.ts';
import { parseJson } from './json-body.ts';

type Parsed<S> = S extends z.ZodType ? z.output<S> : undefined;

/** What a handler gets to read, by the schemas of its route. */
export interface Input<R extends Route> {
  readonly params: Parsed<R['params']>;
  readonly query: Parsed<R['query']>;
  readonly body: R extends { file: object } ? Uint8Array : Parsed<R['body']>;
}

export interface RawInput {
  readonly params: unknown;
  /** Everything after the question mark, undecoded. */
  readonly queryText: string;
  /** Undefined when the call brought no body. */
  readonly body: Uint8Array | undefined;
}

/** @throws Problem invalid_request that names every field at fault. */
export function readInput<R extends Route>(route: R, raw: RawInput): Input<R> {
  const errors: FieldError[] = [];
  const params = check(route.params, raw.params, errors);
  const query = readQuery(route, raw.queryText, errors);
  const body = readBody(route, raw.body, errors);
  if (errors.length > 0) throw new Problem('invalid_request', undefined, errors);
  // The one place where what the schemas returned gets the type that the route derives from the same schemas.
  return { params, query, body } as Input<R>;
}

function readQuery(route: Route, text: string, errors: FieldError[]): unknown {
  const query = parseForm(Buffer.from(text));
  if (route.query) return check(route.query, query, errors);
  for (const field of Object.keys(query)) errors.push({ field, message: 'unknown field' });
  return undefined;
}

function readBody(route: Route, bytes: Uint8Array | undefined, errors: FieldError[]): unknown {
  if (route.file) {
    if (bytes === undefined || bytes.length === 0)
      throw new Problem('invalid_request', 'the body is missing');
    return bytes;
  }
  if (!route.body) {
    if (bytes !== undefined && bytes.length > 0)
      throw new Problem('invalid_request', 'this call takes no body');
    return undefined;
  }
  if (bytes === undefined || bytes.length === 0) throw new Problem('invalid_request', 'the body is missing');
  return check(route.body, route.bodyType === undefined ? parseJson(bytes) : parseForm(bytes), errors);
}

/** More than this many faults help nobody. */
const maxErrors = 50;

function check(schema: z.ZodType | undefined, value: unknown, errors: FieldError[]): unknown {
  if (!schema) return undefined;
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) {
    const path = issue.path.map(String);
    const found =
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => ({ field: fieldName([...path, key]), message: 'unknown field' }))
        : [{ field: fieldName(path), message: issue.message }];
    errors.push(...found.slice(0, maxErrors - errors.length));
  }
  return undefined;
}

/** `a.b.0`; cut, since an unknown field is named by whoever sent it. */
const fieldName = (path: readonly string[]): string => path.join('.').slice(0, 100);
