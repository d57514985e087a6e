// The load itself must be right before anything is measured with it. Nothing here is timed.
import { Code, decodePacket, revealUserPassword, rfc2865, readFirst } from '@countersign/radius';
import { expect, test } from 'vitest';
import { createHistogram } from './histogram.ts';
import { runLoad } from './generator.ts';
import { startHomeServer } from './home-server.ts';
import { commonPassword, createRequestPackets, userNameOf } from './request-packets.ts';

const secret = 'shared-secret';

test('a request has the name and password of its user, and nothing of the one before', () => {
  const packets = createRequestPackets(secret, 3);
  const [one, two] = [Buffer.alloc(512), Buffer.alloc(512)];
  const lengths = [packets.write(one, 1, 7), packets.write(two, 1, 8)];
  const packet = decodePacket(one.subarray(0, lengths[0]));
  expect(packet).toMatchObject({ code: Code.AccessRequest, identifier: 7 });
  expect(Buffer.from(readFirst(packet.attributes, rfc2865.UserName) ?? '').toString()).toBe(userNameOf(1));
  const hidden = packet.attributes.find(({ type }) => type === rfc2865.UserPassword.type)?.value;
  const key = { secret: Buffer.from(secret), authenticator: packet.authenticator };
  expect(Buffer.from(revealUserPassword(hidden!, key)).toString()).toBe(commonPassword);
  expect(one.subarray(4, 20).equals(two.subarray(4, 20))).toBe(false);
});

const short = { inFlight: 8, users: 10, warmUpMs: 0, measureMs: 50 };

test('the home server accepts all, and the generator checks it', async () => {
  const home = await startHomeServer(secret);
  const right = await runLoad({ ...short, port: home.port, secret });
  const otherCode = await runLoad({ ...short, port: home.port, secret, expectedCode: 3 });
  await home.close();
  expect(right).toMatchObject({ wrong: 0, missing: 0 });
  expect(right.replies).toBeGreaterThanOrEqual(8);
  expect(otherCode.wrong).toBe(otherCode.replies);
});

test('replies made with another secret are wrong, and no reply is missing', async () => {
  const home = await startHomeServer('another-secret');
  const result = await runLoad({ ...short, port: home.port, secret });
  expect(result.wrong).toBe(result.replies);
  await home.close();
  const nobody = await runLoad({ ...short, measureMs: 10, port: home.port, secret, replyWithinMs: 1 });
  expect(nobody.missing).toBeGreaterThanOrEqual(8);
  expect(nobody.replies).toBe(0);
});

test('a histogram finds quantiles within two percent', () => {
  const histogram = createHistogram();
  for (let i = 1; i <= 1000; i++) histogram.add(i / 10);
  expect(histogram.count).toBe(1000);
  expect(Math.abs(histogram.quantile(0.5) / 50 - 1)).toBeLessThan(0.02);
  expect(Math.abs(histogram.quantile(0.99) / 99 - 1)).toBeLessThan(0.02);
  expect(createHistogram().quantile(0.5)).toBeNaN();
});
