// Reads a challenge password out of what a server answers: the password alone, or a page as that of Microsoft's NDES.

const mostCharacters = 128;
const alone = /^[\x21-\x7e]{1,128}$/;
/** “The enrollment challenge password is: <B> 0123456789ABCDEF </B>”, in any language that keeps the mark-up. */
const onPage = /challenge password is:?\s*(?:<[^<>]{0,80}>\s*)*([\x21-\x3b\x3d\x3f-\x7e]{1,128})/i;

/** @param bytes UTF-8 or, as NDES has it, UTF-16 @returns undefined when there is none in it */
export function readChallengePassword(bytes: Uint8Array): string | undefined {
  const text = decode(bytes).trim();
  if (alone.test(text) && !text.startsWith('<')) return text;
  const found = onPage.exec(text)?.[1];
  return found !== undefined && found.length <= mostCharacters ? found : undefined;
}

function decode(bytes: Uint8Array): string {
  const isWide = bytes[1] === 0 || (bytes[0] === 0xff && bytes[1] === 0xfe);
  return new TextDecoder(isWide ? 'utf-16le' : 'utf-8').decode(bytes);
}
