// The NAS that tries again, against a server that answers only what it is told to.
import { createSocket } from 'node:dgram';
import { Code, createRadiusServer, type Packet, rawValues, rfc2866 } from '@countersign/radius';
import { afterEach, expect, test } from 'vitest';
import { openNas } from './nas.ts';
import { loginWithRetries, type NasLogin } from './retrying-nas.ts';

const secret = 'the secret of this test';
const login: NasLogin = { username: 'alice', password: 'pw', session: 's-1', from: '203.0.113.1' };
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

async function server(answers: (packet: Packet, port: number) => boolean) {
  const seen: { packet: Packet; port: number }[] = [];
  const radius = createRadiusServer({
    lookupClient: () => ({ secret: Buffer.from(secret), messageAuthenticator: 'require' as const }),
    handle: async ({ packet, source }) => {
      seen.push({ packet, port: source.port });
      return answers(packet, source.port) ? { code: Code.AccessAccept, attributes: [] } : undefined;
    },
    now: () => performance.now(),
  });
  const { port } = await radius.listen({ address: '127.0.0.1', port: 0 });
  stops.push(() => radius.stop(0));
  return { target: { address: '127.0.0.1', port, secret }, seen };
}

test('the same packet first, then another server, port and authenticator, but the same session', async () => {
  const silent = await server(() => false);
  const living = await server(() => true);
  const policy = { timeoutMs: 300, tries: 3, patienceMs: 60_000 };
  const result = await loginWithRetries([silent.target, living.target], login, policy);
  expect(result).toMatchObject({ code: Code.AccessAccept, ports: 2 });
  // One more where the answer takes longer than the time-out.
  expect(result.transmissions).toBeGreaterThanOrEqual(4);
  const packets = [...silent.seen, ...living.seen];
  expect(new Set(silent.seen.map(({ port }) => port)).size).toBe(1);
  expect(new Set(packets.map(({ port }) => port)).size).toBe(2);
  const authenticators = packets.map(({ packet }) => Buffer.from(packet.authenticator).toString('hex'));
  expect(new Set(authenticators).size).toBe(2);
  for (const { packet } of packets)
    expect(
      rawValues(packet.attributes, rfc2866.AcctSessionId).map((value) => Buffer.from(value).toString()),
    ).toEqual(['s-1']);
});

test('its patience ends', async () => {
  const silent = await server(() => false);
  const policy = { timeoutMs: 20, tries: 2, patienceMs: 100 };
  expect(await loginWithRetries([silent.target], login, policy)).toMatchObject({ code: undefined });
});

test('a port where nobody listens is silence', async () => {
  const closed = await openNas({ address: '127.0.0.1', port: 9, secret });
  await closed.close();
  const policy = { timeoutMs: 20, tries: 1, patienceMs: 60 };
  const nowhere = { address: '127.0.0.1', port: closed.port, secret };
  expect(await loginWithRetries([nowhere], login, policy)).toMatchObject({ code: undefined });
});

test('a reply that does not verify is discarded', async () => {
  const forger = createSocket('udp4');
  forger.on('message', (bytes, from) => {
    const forged = Buffer.from(bytes.subarray(0, 20));
    forged[0] = Code.AccessAccept;
    forged.writeUInt16BE(20, 2);
    forger.send(forged, from.port, from.address);
  });
  await new Promise<void>((resolve) => forger.bind(0, '127.0.0.1', resolve));
  stops.push(() => new Promise((resolve) => forger.close(() => resolve())));
  const policy = { timeoutMs: 30, tries: 2, patienceMs: 100 };
  const target = { address: '127.0.0.1', port: forger.address().port, secret };
  expect(await loginWithRetries([target], login, policy)).toMatchObject({ code: undefined });
});
