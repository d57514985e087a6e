// A part of an address as text. Anybody can make a link into a web app: what cannot be read is no page, and breaks nothing.

/** Undefined where the percent signs are not those of UTF-8 (RFC 3986 2.1). */
export function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
