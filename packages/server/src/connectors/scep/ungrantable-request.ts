// A certificate request that no authority may grant: by the answer is seen how it signs, before the first device asks.
import { generateKeyPairSync, sign } from 'node:crypto';
import { commonName, ecdsaWithSha256, publicKeyInfo } from '#core/certificates/certificate.ts';
import { bitString, constructed, type Der, integer, sequence } from '#core/certificates/der.ts';
import type { Random } from '#platform/random.ts';

/** PKCS #10: without a challenge password, signed over something else, and for a key that is thrown away should it be granted all the same. */
export function ungrantableRequest(random: Pick<Random, 'bytes'>): Der {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const asked = sequence(
    integer(0),
    commonName('Countersign test'),
    publicKeyInfo(publicKey),
    constructed(0),
  );
  return sequence(asked, ecdsaWithSha256, bitString(sign('sha256', random.bytes(32), privateKey)));
}
