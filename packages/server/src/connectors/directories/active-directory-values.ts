// Attribute values of Active Directory that are neither text nor plain numbers.

/** [MS-ADTS] 2.2.16. */
export const accountControl = { disabled: 0x2, smartCardRequired: 0x40000 } as const;

/** Between 1601 and 1970, in milliseconds. */
const toUnixMs = 11_644_473_600_000n;

/**
 * A FILETIME (100 ns since 1601, [MS-DTYP] 2.3.3) as epoch milliseconds. `accountExpires` says "never" by 0 and by the largest number
 * ([MS-ADTS] 2.2.18); that and what is no number is null.
 */
export function readFileTime(text: string): number | null {
  if (!/^[0-9]{1,19}$/.test(text)) return null;
  const ticks = BigInt(text);
  if (ticks === 0n || ticks >= 0x7fff_ffff_ffff_ffffn) return null;
  return Number(ticks / 10_000n - toUnixMs);
}

/**
 * objectGUID as Windows writes it: the first three groups are numbers with their least byte first ([MS-DTYP] 2.3.4.2). Lower case.
 * @returns undefined when it has not 16 bytes
 */
export function formatGuid(bytes: Buffer): string | undefined {
  if (bytes.length !== 16) return undefined;
  const turned = Buffer.from(bytes);
  turned.subarray(0, 4).reverse();
  turned.subarray(4, 6).reverse();
  turned.subarray(6, 8).reverse();
  const hex = turned.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** The bytes of what `formatGuid` wrote; undefined for anything else. */
export function guidBytes(text: string): Buffer | undefined {
  if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)) return undefined;
  const bytes = Buffer.from(text.replaceAll('-', ''), 'hex');
  bytes.subarray(0, 4).reverse();
  bytes.subarray(4, 6).reverse();
  bytes.subarray(6, 8).reverse();
  return bytes;
}

/** The last number of an objectSid ([MS-DTYP] 2.4.2.2), by which `primaryGroupID` names a group. */
export function relativeIdOf(sid: Buffer | undefined): number | undefined {
  return sid && sid.length >= 12 ? sid.readUInt32LE(sid.length - 4) : undefined;
}
