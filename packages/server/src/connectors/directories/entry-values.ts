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

/** How many records are looked at, and how many bytes of one. */
const taken = { values: 200, bytes: 4096 } as const;

/** Values that begin as our records do, byte for byte: the first 200 of these, however many others stand there, and none of more than 4 KiB. */
export function recordTexts(
  { device_attribute: name, record_prefix }: Pick<DirectorySettings, 'device_attribute' | 'record_prefix'>,
  { attributes }: DirectoryEntry,
): readonly string[] {
  const prefix = Buffer.from(record_prefix);
  const values = attributes.get(name.toLowerCase()) ?? [];
  const ours = values.filter(
    (value) => value.length <= taken.bytes && value.subarray(0, prefix.length).equals(prefix),
  );
  return ours.slice(0, taken.values).flatMap((value) => {
    try {
      return [exactDecoder.decode(value)];
    } catch {
      return [];
    }
  });
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
