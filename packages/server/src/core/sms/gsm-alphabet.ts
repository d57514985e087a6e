// The GSM 7 bit default alphabet (3GPP TS 23.038 6.2.1), and how many messages a text takes: what one costs depends on both.

// In the order of their codes; the escape at 0x1b stands for nothing by itself.
const basic =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u001bÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
const escape = 0x1b;
/** After the escape (6.2.1.1). */
const extension: Readonly<Record<string, number>> = {
  '\f': 0x0a,
  '^': 0x14,
  '{': 0x28,
  '}': 0x29,
  '\\': 0x2f,
  '[': 0x3c,
  '~': 0x3d,
  ']': 0x3e,
  '|': 0x40,
  '€': 0x65,
};
const codes = new Map<string, readonly number[]>([
  ...Array.from(basic).flatMap((character, code) =>
    code === escape ? [] : [[character, [code]] as [string, readonly number[]]],
  ),
  ...Object.entries(extension).map(
    ([character, code]) => [character, [escape, code]] as [string, readonly number[]],
  ),
]);

/** Every character that the alphabet has. */
export const gsmCharacters: readonly string[] = [...codes.keys()];

export interface SmsParts {
  readonly alphabet: 'gsm' | 'ucs2';
  /** Of each message: an octet for each septet, or UTF-16BE. Neither an escaped character nor a surrogate pair is cut in two. */
  readonly parts: readonly Uint8Array[];
}

// What fits into 140 octets, and what beside the six octets that say which part it is (3GPP TS 23.040 9.2.3.24.1).
const room = { gsm: { alone: 160, part: 153 }, ucs2: { alone: 140, part: 134 } } as const;

/** A text as it goes over the air. @returns at least one part */
export function toSmsParts(text: string): SmsParts {
  const characters = [...text];
  const gsm = characters.map((character) => codes.get(character));
  const isGsm = gsm.every((code) => code !== undefined);
  const alphabet = isGsm ? 'gsm' : 'ucs2';
  const units = isGsm ? gsm.map((code) => Buffer.from(code)) : characters.map(utf16);
  return { alphabet, parts: pack(units, room[alphabet]) };
}

const utf16 = (character: string): Buffer => Buffer.from(character, 'utf16le').swap16();

function pack(
  units: readonly Buffer[],
  { alone, part }: { readonly alone: number; readonly part: number },
): readonly Buffer[] {
  const whole = Buffer.concat(units);
  if (whole.length <= alone) return [whole];
  const parts: Buffer[][] = [[]];
  let filled = 0;
  for (const unit of units) {
    if (filled + unit.length > part) {
      parts.push([]);
      filled = 0;
    }
    parts.at(-1)?.push(unit);
    filled += unit.length;
  }
  return parts.map((each) => Buffer.concat(each));
}
