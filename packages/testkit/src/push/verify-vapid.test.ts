import { expect, test } from 'vitest';
import { verifyVapid } from './verify-vapid.ts';

// RFC 8292 2.4.
const header =
  'vapid t=eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9.eyJhdWQiOiJodHRwczovL3B1c2guZXhhbXBsZS5uZXQiLCJleHAiOjE0NTM1MjM3NjgsInN1YiI6Im1haWx0bzpwdXNoQGV4YW1wbGUuY29tIn0.i3CYb7t4xfxCDquptFOepC9GAu_HLGkMlMuCGSK2rpiUfnK9ojFwDXb1JrErtmysazNjjvW2L9OkSSHzvoD1oA, k=BA1Hxzyi1RUM1b5wjxsn7nGxAszw2u61m164i3MrAIxHF6YK5h4SDYic-dRuU_RCPCfA5aq9ojSwk5Y2EmClBPs';
const good = { origin: 'https://push.example.net', now: 1_453_500_000_000 };

test('RFC 8292 2.4 the example verifies', async () => {
  expect(await verifyVapid(header, good)).toMatchObject({
    subject: 'mailto:push@example.com',
    expiresAt: 1_453_523_768_000,
  });
});

test('another audience, another key, a time too late or too early, or a changed signature does not', async () => {
  await expect(verifyVapid(header, { ...good, origin: 'https://other.example' })).rejects.toThrow();
  await expect(verifyVapid(header, { ...good, now: 1_453_600_000_000 })).rejects.toThrow();
  await expect(verifyVapid(header, { ...good, now: 1_453_400_000_000 })).rejects.toThrow('24 hours');
  await expect(verifyVapid(header.replace('.i3C', '.i4C'), good)).rejects.toThrow();
  await expect(verifyVapid('vapid t=x', good)).rejects.toThrow('no VAPID header');
});
