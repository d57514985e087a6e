import { expect, test } from 'vitest';
import { createProviderMemory, keepKeys, keysFor, metadataOf, takeRead } from './remembered-provider.ts';

const clock = { at: 1_000_000, now: () => clock.at, monotonic: () => clock.at };
const cache = (kid: string) => ({ jwks: { keys: [{ kty: 'RSA', kid }] }, uat: 0 });

test('keys are read anew when one is unknown, but no more than six times a minute', () => {
  const one = createProviderMemory().of({ id: 'oip_1', revision: 1 });
  expect(keysFor(one, clock)).toBeUndefined();
  expect(takeRead(one, clock)).toBe(true);
  keepKeys(one, clock, cache('a'));
  // Old enough for openid-client to read them again.
  expect(keysFor(one, clock)?.uat).toBeLessThan(clock.now() / 1000 - 60);
  for (let read = 0; read < 5; read += 1) expect(takeRead(one, clock)).toBe(true);
  expect(takeRead(one, clock)).toBe(false);
  expect(keysFor(one, clock)?.uat).toBe(clock.now() / 1000);
  clock.at += 61_000;
  expect(takeRead(one, clock)).toBe(true);
  clock.at += 300_000;
  expect(keysFor(one, clock)).toBeUndefined();
});

test('metadata is read once for all who ask, again after a failure, a while, or a change', async () => {
  const memory = createProviderMemory(2);
  let reads = 0;
  const read = async () => ({ issuer: String((reads += 1)) });
  const ask = (revision: number, id = 'oip_1') => metadataOf(memory.of({ id, revision }), clock, read);
  await Promise.all([ask(1), ask(1), ask(1)]);
  expect(reads).toBe(1);
  expect((await ask(2)).issuer).toBe('2');
  clock.at += 600_001;
  expect((await ask(2)).issuer).toBe('3');
  const failing = memory.of({ id: 'oip_2', revision: 1 });
  await expect(metadataOf(failing, clock, () => Promise.reject(new Error('down')))).rejects.toThrow('down');
  expect((await metadataOf(failing, clock, read)).issuer).toBe('4');
  // The one that was asked longest ago is forgotten.
  await ask(1, 'oip_3');
  expect((await ask(2)).issuer).toBe('6');
});
