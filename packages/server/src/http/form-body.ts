// Reads bodies of type application/x-www-form-urlencoded, as browsers' forms and OAuth clients send them.
import { Problem } from '#platform/problem.ts';
import { decodeUtf8 } from './json-body.ts';

const maxFields = 20;

/**
 * Parses a form. Fields without a value count as absent (RFC 6749 3.2).
 * @throws Problem invalid_request when it is not UTF-8, has a field twice (RFC 6749 3.2) or more than 20.
 */
export function parseForm(bytes: Uint8Array): Record<string, string> {
  const pairs = decodeUtf8(bytes)
    .split('&')
    .filter((pair) => pair !== '');
  if (pairs.length > maxFields) throw new Problem('invalid_request', 'the form has too many fields');
  const fields = new Map<string, string>();
  for (const pair of pairs) {
    const cut = pair.indexOf('=');
    const name = decodeComponent(cut < 0 ? pair : pair.slice(0, cut));
    if (fields.has(name))
      throw new Problem('invalid_request', 'a field is given twice', [
        { field: name, message: 'given twice' },
      ]);
    fields.set(name, cut < 0 ? '' : decodeComponent(pair.slice(cut + 1)));
  }
  return Object.fromEntries([...fields].filter(([, value]) => value !== ''));
}

/** Decodes one name or value of a form. @throws Problem invalid_request when its percent-encoding is broken or no UTF-8. */
export function decodeComponent(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new Problem('invalid_request', 'the percent-encoding is broken');
  }
}
