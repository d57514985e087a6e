import { expect, test } from 'vitest';
import { writeAttribute } from './attributes.ts';
import { rfc2865 } from './dictionary/rfc2865.ts';
import { hideSalted, revealSalted } from './hiding.ts';
import { packAttributes, unpackAttributes } from './portable-attributes.ts';
import { createRandomSource } from './random.ts';
import { readVendorSpecific, vendorSpecific } from './vendor-specific.ts';

const random = createRandomSource();
const key = (secret: string, filler: number) => ({
  secret: new TextEncoder().encode(secret),
  authenticator: new Uint8Array(16).fill(filler),
});

test('hidden values arrive under the key of the other leg, everything else byte for byte and in order', () => {
  const plain = new TextEncoder().encode('session key');
  const from = key('home secret', 1);
  const to = key('client secret', 2);
  const filterId = writeAttribute(rfc2865.FilterId, 'vpn-users');
  const unknown = { type: 245, value: Uint8Array.of(1, 2, 3) };
  const mppe = vendorSpecific({
    vendor: 311,
    attributes: [{ type: 16, value: hideSalted(plain, from, random(2)) }],
  });

  const kept = packAttributes([filterId, mppe, unknown], from, random);
  const [first, second, third] = unpackAttributes(kept, to, random);
  expect([first, third]).toEqual([filterId, unknown]);
  const inner = readVendorSpecific(second!)!.attributes[0]!;
  expect(revealSalted(inner.value, to)).toEqual(plain);
});
