import { createHmac, hkdfSync } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { systemRandom } from './random.ts';
import { createVault } from './vault.ts';

test('a MAC is HMAC-SHA256 under the key of its purpose, of texts and of bytes', () => {
  const data = fc.oneof(fc.string({ unit: 'grapheme' }), fc.uint8Array({ maxLength: 300 }));
  const master = fc.uint8Array({ minLength: 32, maxLength: 32 });
  fc.assert(
    fc.property(master, fc.constantFrom('audit', 'audit-head'), data, (masterKey, purpose, text) => {
      const key = Buffer.from(hkdfSync('sha256', masterKey, 'countersign', `mac ${purpose}`, 32));
      const expected = createHmac('sha256', key).update(text).digest();
      expect(createVault(masterKey, systemRandom).mac(purpose, text)).toEqual(expected);
    }),
  );
});
