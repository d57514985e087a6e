// Distinguished names as text (RFC 4514): read, written, and brought into one form in which equal names are equal texts. Servers give
// the same name back in different spellings.

interface NamePart {
  readonly type: string;
  readonly value: string;
}

/** A relative name may have several parts (`cn=a+uid=b`). */
export type DistinguishedName = readonly (readonly NamePart[])[];

/** From the leaf to the root, or undefined when it is none. */
export function parseDistinguishedName(text: string): DistinguishedName | undefined {
  const names = splitOutside(text, ',;');
  if (text.trim() === '' || !names) return undefined;
  const parsed: NamePart[][] = [];
  for (const name of names) {
    const parts: NamePart[] = [];
    for (const part of splitOutside(name, '+') ?? []) {
      const read = readPart(part);
      if (!read) return undefined;
      parts.push(read);
    }
    parsed.push(parts);
  }
  return parsed;
}

function readPart(text: string): NamePart | undefined {
  const equals = text.indexOf('=');
  const type = text.slice(0, Math.max(0, equals)).trim();
  // RFC 4512 1.4: a name or an object identifier.
  if (!/^(?:[a-z][a-z0-9-]*|[0-9]+(?:\.[0-9]+)*)$/i.test(type)) return undefined;
  const value = unescaped(text.slice(equals + 1));
  return value === undefined ? undefined : { type, value };
}

/** Splits where one of these characters stands, neither escaped nor quoted. */
function splitOutside(text: string, separators: string): readonly string[] | undefined {
  const pieces: string[] = [];
  let [from, quoted] = [0, false];
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (character === '\\') at += 1;
    else if (character === '"') quoted = !quoted;
    else if (!quoted && separators.includes(character)) {
      pieces.push(text.slice(from, at));
      from = at + 1;
    }
  }
  return quoted ? undefined : [...pieces, text.slice(from)];
}

/** RFC 4514 2.4 and, for old servers, RFC 2253's quotes. Undefined when it is not written correctly. */
function unescaped(text: string): string | undefined {
  const trimmed = trimUnescaped(text);
  const inside = /^"(.*)"$/s.exec(trimmed)?.[1] ?? trimmed;
  const bytes: number[] = [];
  for (let at = 0; at < inside.length; at += 1) {
    const character = String.fromCodePoint(inside.codePointAt(at) ?? 0);
    if (character !== '\\') {
      bytes.push(...Buffer.from(character));
      at += character.length - 1;
      continue;
    }
    const hex = /^[0-9a-f]{2}/i.exec(inside.slice(at + 1, at + 3))?.[0];
    const next = inside[at + 1];
    if (next === undefined) return undefined;
    if (hex) bytes.push(Number.parseInt(hex, 16));
    else bytes.push(...Buffer.from(next));
    at += hex ? 2 : 1;
  }
  return Buffer.from(bytes).toString('utf8');
}

/** Spaces around a value mean nothing, unless the last one is escaped; other white space does. */
function trimUnescaped(text: string): string {
  // Loops, because a pattern that looks for an end takes the square of the time in a long row of spaces.
  let [from, to] = [0, text.length];
  while (text[from] === ' ') from += 1;
  while (to > from && text[to - 1] === ' ') to -= 1;
  let backslashes = 0;
  while (to - backslashes > from && text[to - backslashes - 1] === '\\') backslashes += 1;
  const isEscaped = backslashes % 2 === 1 && to < text.length;
  return text.slice(from, isEscaped ? to + 1 : to);
}

/** RFC 4514 2.4: a value as it stands in a distinguished name. */
export function escapeNameValue(value: string): string {
  return value
    .replace(/[\\",+;<>=]/g, (character) => `\\${character}`)
    .replaceAll('\0', '\\00')
    .replace(/^[ #]| $/g, (character) => `\\${character}`);
}

/** RFC 4514 2. */
export const formatDistinguishedName = (name: DistinguishedName): string =>
  name
    .map((parts) => parts.map(({ type, value }) => `${type}=${escapeNameValue(value)}`).join('+'))
    .join(',');

/**
 * One text for all spellings: types and values in lower case, spaces within values single (RFC 4518 2.6.1), parts in order. A text that
 * is no name is itself, in lower case.
 */
export function nameKey(text: string): string {
  const parsed = parseDistinguishedName(text);
  if (!parsed) return text.toLowerCase();
  const plain = ({ type, value }: NamePart): NamePart => ({
    type: type.toLowerCase(),
    value: value.normalize('NFKC').toLowerCase().trim().replace(/ +/g, ' '),
  });
  const inOrder = (parts: readonly NamePart[]): readonly NamePart[] =>
    parts.map(plain).toSorted((a, b) => (`${a.type}=${a.value}` < `${b.type}=${b.value}` ? -1 : 1));
  return formatDistinguishedName(parsed.map(inOrder));
}

/** Whether a name stands below another one, or is it. Both as keys. */
export const isWithin = (key: string, aboveKey: string): boolean =>
  aboveKey === '' || key === aboveKey || key.endsWith(`,${aboveKey}`);
