// Reads JSON bodies more strictly than JSON.parse: what two readers could understand differently is refused (RFC 8259 4 and 8.1).
import { Problem } from '#platform/problem.ts';

/** Arrays and objects inside one another; nothing in the contract comes near. */
export const maxDepth = 20;

/**
 * Parses a JSON text.
 * @throws Problem invalid_request when it is not UTF-8 or not JSON, nests deeper than `maxDepth`, names a member twice or `__proto__`.
 */
export function parseJson(bytes: Uint8Array): unknown {
  const text = decodeUtf8(bytes);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Problem('invalid_request', 'the body is not JSON');
  }
  checkStructure(text);
  return value;
}

/** @throws Problem invalid_request when the bytes are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Problem('invalid_request', 'the body is not UTF-8');
  }
}

/** Members seen so far of an open object, or null for an open array. */
type Open = Set<string> | null;

// The text is known to be JSON, so strings and brackets are all that must be looked at.
const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"|[[\]{}:]/gy;
const between = /[^"[\]{}:]*/y;

function checkStructure(text: string): void {
  const open: Open[] = [];
  let lastString = '';
  let at = 0;
  while (at < text.length) {
    between.lastIndex = at;
    at += between.exec(text)?.[0].length ?? 0;
    tokens.lastIndex = at;
    const token = tokens.exec(text)?.[0];
    if (token === undefined) return;
    at += token.length;
    if (token === '{' || token === '[') enter(open, token);
    else if (token === '}' || token === ']') open.pop();
    else if (token === ':') addMember(open.at(-1), lastString);
    else lastString = token;
  }
}

function enter(open: Open[], token: string): void {
  open.push(token === '{' ? new Set() : null);
  if (open.length > maxDepth) throw new Problem('invalid_request', 'the body is nested too deeply');
}

function addMember(members: Open | undefined, literal: string): void {
  const name = String(JSON.parse(literal));
  if (!members || name === '__proto__' || members.has(name))
    throw new Problem('invalid_request', 'the body has a member twice, or one with a forbidden name');
  members.add(name);
}
