// What a certificate says that its key is for (RFC 5280 4.2.1.3).
import { memberAt, readBer } from './ber.ts';
import { objectIdentifier } from './der.ts';

const keyUsageType = objectIdentifier('2.5.29.15');

/** The first byte of the BIT STRING: 0x80 digitalSignature, 0x20 keyEncipherment, 0x04 keyCertSign, 0x02 cRLSign; 0xff when it says nothing. */
export function keyUsageOf(certificate: Uint8Array): number {
  const fields = memberAt(readBer(certificate), 0, 0x30)?.members.find(({ tag }) => tag === 0xa3);
  const extensions = fields?.members[0]?.members ?? [];
  const found = extensions.find((each) => memberAt(each, 0, 0x06)?.whole.equals(keyUsageType));
  if (!found) return 0xff;
  return readBer(found.members.at(-1)?.content ?? Buffer.alloc(0))?.content[1] ?? 0;
}
