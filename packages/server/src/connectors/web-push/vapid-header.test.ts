import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { verifyVapid } from '@countersign/testkit/push/verify-vapid.ts';
import { describe, expect, test } from 'vitest';
import type { VapidKey } from '#core/push-subscriptions/push-subscription.ts';
import { createVapidHeaders, signToken } from './vapid-header.ts';

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const { x = '', y = '' } = createPublicKey(privateKey).export({ format: 'jwk' });
const point = Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
const key: VapidKey = { publicKey: point.toString('base64url'), privateKey };

const startedAt = 1_790_000_000_000;
const clock = { at: startedAt, now: () => clock.at, monotonic: () => clock.at };
const headers = () => {
  clock.at = startedAt;
  return createVapidHeaders({ clock, key, contact: 'mailto:push@example.com' });
};

describe('RFC 8292', () => {
  test('2.4 the example: header and claims', () => {
    const about = { origin: 'https://push.example.net', expiresAt: 1_453_523_768_000 };
    const token = signToken(key, { ...about, contact: 'mailto:push@example.com' });
    expect(token.slice(0, token.lastIndexOf('.'))).toBe(
      'eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9.eyJhdWQiOiJodHRwczovL3B1c2guZXhhbXBsZS5uZXQiLCJleHAiOjE0NTM1MjM3NjgsInN1YiI6Im1haWx0bzpwdXNoQGV4YW1wbGUuY29tIn0',
    );
  });

  test('3 the header is one that a push service accepts', async () => {
    const header = headers()('https://push.example.net');
    const expected = { origin: 'https://push.example.net', now: startedAt };
    expect(await verifyVapid(header, expected)).toMatchObject({
      publicKey: key.publicKey,
      subject: 'mailto:push@example.com',
      expiresAt: startedAt + 12 * 3_600_000,
    });
    await expect(verifyVapid(header, { ...expected, origin: 'https://other.example' })).rejects.toThrow();
  });
});

test('a token is signed once for each service and hours, and anew before it expires', () => {
  const header = headers();
  const first = header('https://one.example');
  clock.at += 9 * 3_600_000;
  expect(header('https://one.example')).toBe(first);
  expect(header('https://two.example')).not.toBe(first);
  clock.at += 2 * 3_600_000;
  expect(header('https://one.example')).not.toBe(first);
});

test('beyond a thousand services the one asked longest ago is forgotten, not one that is in use', () => {
  const header = headers();
  const inUse = header('https://used.example');
  const idle = header('https://idle.example');
  for (let index = 0; index < 999; index += 1) {
    header(`https://push${index}.example`);
    expect(header('https://used.example')).toBe(inUse);
  }
  expect(header('https://idle.example')).not.toBe(idle);
});

test('a clock that is set back makes no token that is good for longer than a day', async () => {
  const header = headers();
  const early = header('https://one.example');
  clock.at -= 30 * 3_600_000;
  const late = header('https://one.example');
  expect(late).not.toBe(early);
  await verifyVapid(late, { origin: 'https://one.example', now: clock.at });
});

test('without a contact the claim is left out', async () => {
  const header = createVapidHeaders({ clock, key, contact: undefined })('https://one.example');
  expect(await verifyVapid(header, { origin: 'https://one.example', now: clock.at })).not.toHaveProperty(
    'subject',
  );
});
