// What users and groups have in common as SCIM writes them: versions, and which attributes an answer shows.
import { createHash } from 'node:crypto';
import { ScimError } from './scim-error.ts';
import { attributeName } from './parse-filter.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** @throws ScimError invalidValue */
export function textOf(name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  throw new ScimError(400, `${name} must be a text.`, 'invalidValue');
}

/** Weak, since the same content may be written in several ways (RFC 7644 3.14). */
export const versionOf = (resource: JsonObject): string =>
  `W/"${createHash('sha256').update(JSON.stringify(resource)).digest('base64url').slice(0, 22)}"`;

/** The version that a resource says of itself. */
export function ownVersion(resource: JsonObject): string {
  const { meta } = resource;
  return isObject(meta) && typeof meta['version'] === 'string' ? meta['version'] : '';
}

/** Whether one of the versions of an If-Match or If-None-Match is this one; weak ones are compared by what they name. */
export function isNamed(header: string, version: string): boolean {
  const opaque = (text: string) => text.trim().replace(/^W\//, '');
  return header.trim() === '*' || header.split(',').some((each) => opaque(each) === opaque(version));
}

export interface Projection {
  /** Attributes asked for, in lower case; undefined: all. */
  readonly only: ReadonlySet<string> | undefined;
  readonly without: ReadonlySet<string>;
}

/** `attributes` and `excludedAttributes` (RFC 7644 3.9). */
export function readProjection(attributes: string | undefined, excluded: string | undefined): Projection {
  return {
    only: attributes === undefined ? undefined : namesIn(attributes),
    without: namesIn(excluded ?? ''),
  };
}

const namesIn = (list: string): ReadonlySet<string> =>
  new Set(
    list
      .split(',')
      .map((each) => attributeName(each.trim()))
      .filter((each) => each !== ''),
  );

/** RFC 7643 7: `returned` of these is `always`. */
const always: ReadonlySet<string> = new Set(['schemas', 'id']);

/** Only what the projection shows; of a complex attribute the parts that are named. */
export function project(resource: JsonObject, { only, without }: Projection): JsonObject {
  const shown = Object.entries(resource).flatMap(([name, value]) => {
    const key = name.toLowerCase();
    if (always.has(key)) return [[name, value] as const];
    if (without.has(key)) return [];
    if (only === undefined || only.has(key)) return [[name, withoutParts(key, value, without)] as const];
    const part = parts(key, value, only);
    return part === undefined ? [] : [[name, part] as const];
  });
  return Object.fromEntries(shown);
}

/** The named parts of a complex attribute, or undefined when none is named. */
function parts(key: string, value: unknown, only: ReadonlySet<string>): unknown {
  const names = [...only]
    .filter((each) => each.startsWith(`${key}.`))
    .map((each) => each.slice(key.length + 1));
  if (names.length === 0) return undefined;
  return eachOf(value, (name) => names.includes(name));
}

const withoutParts = (key: string, value: unknown, without: ReadonlySet<string>): unknown =>
  [...without].some((each) => each.startsWith(`${key}.`))
    ? eachOf(value, (name) => !without.has(`${key}.${name}`))
    : value;

function eachOf(value: unknown, isShown: (name: string) => boolean): unknown {
  if (Array.isArray(value)) return value.map((each: unknown) => eachOf(each, isShown));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => isShown(name.toLowerCase())));
}
