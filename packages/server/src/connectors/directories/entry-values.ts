// Values of an entry as text that may be kept and shown.
import type { DirectorySettings } from '#core/user-sources/directory.ts';
import type { DirectoryEntry } from './response.ts';

const longestValue = 1000;

/** The first value that is text; empty when there is none. Without characters that no text needs, and not longer than a form's field. */
export function textOf({ attributes }: DirectoryEntry, name: string): string {
  for (const value of attributes.get(name.toLowerCase()) ?? []) {
    const text = readText(value);
    if (text !== '') return text;
  }
  return '';
}

export function textsOf({ attributes }: DirectoryEntry, name: string): readonly string[] {
  return (attributes.get(name.toLowerCase()) ?? []).map((value) => value.toString('utf8'));
}

/** How many records are looked at, and how many bytes of one; and how many bytes are taken away at once of what is none. */
const taken = { values: 200, bytes: 4096, removedBytes: 1024 * 1024 } as const;

export interface OurValues {
  /** The first 200, and none of more than 4 KiB. */
  readonly texts: readonly string[];
  /** What cannot be a record, being too long or no text: the first 200 again, and no more than 1 MiB of them but for the first. */
  readonly broken: readonly Buffer[];
  /** Whether there are more of one or the other. */
  readonly areMore: boolean;
}

/** Values that begin as our records do, byte for byte, however many others stand there. */
export function readRecords(
  { device_attribute: name, record_prefix }: Pick<DirectorySettings, 'device_attribute' | 'record_prefix'>,
  { attributes }: DirectoryEntry,
): OurValues {
  const prefix = Buffer.from(record_prefix);
  const texts: string[] = [];
  const broken: Buffer[] = [];
  let brokenBytes = 0;
  let areMore = false;
  for (const value of attributes.get(name.toLowerCase()) ?? []) {
    if (!value.subarray(0, prefix.length).equals(prefix)) continue;
    const text = value.length <= taken.bytes ? decode(value) : undefined;
    const isOverfull = broken.length > 0 && brokenBytes + value.length > taken.removedBytes;
    if (text !== undefined && texts.length < taken.values) texts.push(text);
    else if (text === undefined && broken.length < taken.values && !isOverfull) {
      broken.push(value);
      brokenBytes += value.length;
    } else areMore = true;
  }
  return { texts, broken, areMore };
}

/** Undefined for what is no text. */
function decode(value: Buffer): string | undefined {
  try {
    return exactDecoder.decode(value);
  } catch {
    return undefined;
  }
}

/** Bits and other numbers of 32 bits, which Active Directory writes with a sign. */
export function numberOf(entry: DirectoryEntry, name: string): number {
  const number = Number(textOf(entry, name) || 0);
  return Number.isSafeInteger(number) ? number : 0;
}

export const isTrue = (entry: DirectoryEntry, name: string): boolean => /^true$/i.test(textOf(entry, name));

const decoder = new TextDecoder('utf-8', { fatal: true });
/** A mark of the byte order is part of the value. */
const exactDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function readText(value: Buffer): string {
  try {
    return decoder
      .decode(value)
      .normalize('NFC')
      .replace(/[\p{Cc}\p{Cs}]+/gu, ' ')
      .trim()
      .slice(0, longestValue);
  } catch {
    // No UTF-8, so no text (RFC 4511 4.1.2).
    return '';
  }
}
