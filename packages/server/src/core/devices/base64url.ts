// base64url without padding (RFC 4648 5), strictly: what decodes must encode to the very same text.

/** The bytes, or undefined for padding, foreign characters and unused bits that are set (RFC 4648 3.5). */
export function fromBase64url(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}
