// ASN.1 BER as LDAP uses it (RFC 4511 5.1), read strictly: ldapts's own reader takes lengths that point backwards, and a directory that
// is not what it seems could make it loop for ever.

/** What a directory sent is not LDAP, or more than is taken. */
export class BrokenMessage extends Error {}

export interface Element {
  readonly tag: number;
  readonly content: Buffer;
}

interface Header {
  readonly tag: number;
  /** Where the content begins. */
  readonly from: number;
  readonly length: number;
}

/**
 * Tag and length at the beginning, or undefined while they are not there yet.
 * @throws BrokenMessage for what LDAP does not use: indefinite lengths, lengths of more than four bytes, tags of several bytes
 */
export function readHeader(bytes: Buffer, at = 0): Header | undefined {
  const [tag, first] = [bytes[at], bytes[at + 1]];
  if (tag === undefined) return undefined;
  if ((tag & 0x1f) === 0x1f) throw new BrokenMessage('a tag of several bytes');
  if (first === undefined) return undefined;
  if (first < 0x80) return { tag, from: at + 2, length: first };
  const count = first & 0x7f;
  if (count === 0 || count > 4) throw new BrokenMessage('a length that LDAP does not use');
  if (bytes.length < at + 2 + count) return undefined;
  return { tag, from: at + 2 + count, length: bytes.readUIntBE(at + 2, count) };
}

/**
 * The elements that fill these bytes exactly.
 * @throws BrokenMessage when they do not, or are more than `most`
 */
export function readElements(bytes: Buffer, most: number): readonly Element[] {
  const elements: Element[] = [];
  for (let at = 0; at < bytes.length; ) {
    const header = readHeader(bytes, at);
    if (!header || header.from + header.length > bytes.length)
      throw new BrokenMessage('an element is longer than what it stands in');
    if (elements.length >= most) throw new BrokenMessage(`more than ${most} elements`);
    at = header.from + header.length;
    elements.push({ tag: header.tag, content: bytes.subarray(header.from, at) });
  }
  return elements;
}

/** @throws BrokenMessage when it has no or more than four bytes */
export function readInteger(content: Buffer): number {
  if (content.length === 0 || content.length > 4) throw new BrokenMessage('a number of unusual length');
  return content.readIntBE(0, content.length);
}

/** Cuts a stream into LDAP messages. */
export interface Frames {
  /** @throws BrokenMessage when a message is longer than the limit, or none */
  add(chunk: Buffer): readonly Buffer[];
  /** Bytes of a message that is not complete. */
  left(): number;
}

/** @param limit bytes of one message at most, its header included */
export function createFrames(limit: number): Frames {
  let parts: Buffer[] = [];
  let have = 0;
  /** Length of the message that is arriving, once its header is there. */
  let wanted: number | undefined;

  const join = (): Buffer => {
    const [only] = parts;
    if (parts.length !== 1 || !only) parts = [Buffer.concat(parts)];
    return parts[0] ?? Buffer.alloc(0);
  };
  const measure = (): number | undefined => {
    const header = readHeader(join());
    if (!header) return undefined;
    if (header.tag !== 0x30) throw new BrokenMessage('something that is no LDAP message');
    const total = header.from + header.length;
    if (total > limit) throw new BrokenMessage(`a message of ${total} bytes; at most ${limit} are taken`);
    return total;
  };

  return {
    add(chunk) {
      if (chunk.length > 0) parts.push(chunk);
      have += chunk.length;
      const messages: Buffer[] = [];
      while (have > 0) {
        wanted ??= measure();
        if (wanted === undefined || have < wanted) break;
        const all = join();
        messages.push(all.subarray(0, wanted));
        parts = have > wanted ? [all.subarray(wanted)] : [];
        have -= wanted;
        wanted = undefined;
      }
      return messages;
    },
    left: () => have,
  };
}
