// The connector against real RADIUS servers on loopback, made by the codec's own server; FreeRADIUS plays the part in e2e.
import {
  Code,
  createRadiusServer,
  hideUserPassword,
  type RadiusReply,
  type RadiusRequest,
  readFirst,
  rfc2865,
  unpackAttributes,
  vendorSpecific,
  writeAttribute,
} from '@countersign/radius';
import { createSocket } from 'node:dgram';
import { afterEach, describe, expect, test } from 'vitest';
import type { LoadedHomeServer } from '#core/radius-clients/radius-client.ts';
import { createLog } from '#platform/log.ts';
import { createMetrics } from '#platform/metrics.ts';
import { systemRandom } from '#platform/random.ts';
import { createSampledLines } from '#platform/sampled-lines.ts';
import { createVault } from '#platform/vault.ts';
import { connectHomeServers, type Proxied } from './home-servers.ts';
import { openState, sealState } from './home-state.ts';
import { tellExchanges } from './tell-exchanges.ts';

interface Peer {
  readonly secret: Uint8Array;
  readonly messageAuthenticator: 'require';
}
type Handle = (request: RadiusRequest<Peer>) => RadiusReply;

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

let time = 1000;
const clock = { now: () => time, monotonic: () => time };
const vault = createVault(new Uint8Array(32).fill(3), systemRandom);
const never = new AbortController().signal;
const clientKey = { secret: Buffer.from('client secret 01'), authenticator: new Uint8Array(16).fill(9) };

async function homeServer(
  name: string,
  handle: Handle,
): Promise<LoadedHomeServer & { asked: RadiusRequest<Peer>[] }> {
  const secret = Buffer.from(`secret of ${name}`);
  const asked: RadiusRequest<Peer>[] = [];
  const server = createRadiusServer<Peer>({
    lookupClient: () => ({ secret, messageAuthenticator: 'require' }),
    handle: async (request) => {
      asked.push(request);
      return handle(request);
    },
    now: () => performance.now(),
  });
  const { port } = await server.listen({ address: '127.0.0.1', port: 0 });
  stops.push(() => server.stop(0));
  return {
    id: `hsv_${name}`,
    name,
    address: '127.0.0.1',
    port,
    secret,
    messageAuthenticator: 'require',
    timeoutMs: 2000,
    tries: 1,
    deadSeconds: 30,
    asked,
  };
}

/** Nobody listens on port 9 of this address: the answer is silence or a refusal. */
const silent = (name: string): LoadedHomeServer => ({
  id: `hsv_${name}`,
  name,
  address: '127.0.0.1',
  port: 9,
  secret: Buffer.from('0123456789abcdef'),
  messageAuthenticator: 'require',
  timeoutMs: 200,
  tries: 1,
  deadSeconds: 30,
});

function connect() {
  const observed: string[] = [];
  const homeServers = connectHomeServers({
    clock,
    random: systemRandom,
    vault,
    observe: ({ name }, result) => observed.push(`${name} ${result}`),
  });
  stops.push(() => homeServers.close());
  return { homeServers, observed };
}

const pap = (password: string): Proxied['attributes'] => [
  writeAttribute(rfc2865.UserName, 'alice'),
  writeAttribute(rfc2865.UserPassword, hideUserPassword(Buffer.from(password), clientKey)),
  { type: rfc2865.ProxyState.type, value: Buffer.from('of the client') },
  { type: 245, value: Buffer.from('unknown attribute') },
];
const proxied = (servers: readonly LoadedHomeServer[], attributes = pap('secret')): Proxied => ({
  servers,
  attributes,
  key: clientKey,
  conversation: () => 'client alice',
});
const accept: Handle = () => ({ code: Code.AccessAccept, attributes: [] });

describe('asking', () => {
  test('the password arrives, hidden anew; the client’s Proxy-State does not', async () => {
    const home = await homeServer('one', accept);
    const result = await connect().homeServers.check(proxied([home]))(undefined, never);
    expect(result).toMatchObject({ kind: 'verified', step: { details: { home_server: 'one' } } });
    const [request] = home.asked;
    expect(Buffer.from(request!.userPassword()!).toString()).toBe('secret');
    const types = request!.packet.attributes.map(({ type }) => type);
    expect(types).toContain(245);
    expect(types).not.toContain(rfc2865.ProxyState.type);
    expect(request!.packet.authenticator).not.toEqual(clientKey.authenticator);
  });

  test('CHAP without a challenge of its own keeps the one it was made for (RFC 2865 2.2)', async () => {
    const home = await homeServer('one', accept);
    const chap = { type: rfc2865.ChapPassword.type, value: new Uint8Array(17).fill(5) };
    await connect().homeServers.check(proxied([home], [writeAttribute(rfc2865.UserName, 'alice'), chap]))(
      undefined,
      never,
    );
    expect(readFirst(home.asked[0]!.packet.attributes, rfc2865.ChapChallenge)).toEqual(
      clientKey.authenticator,
    );
  });

  test('reply attributes come back byte for byte, in order and repeated', async () => {
    const attributes = [
      writeAttribute(rfc2865.ReplyMessage, 'one'),
      writeAttribute(rfc2865.Class, Buffer.from([0, 1, 2])),
      writeAttribute(rfc2865.ReplyMessage, 'two'),
      { type: 245, value: Buffer.from('unknown') },
      vendorSpecific({ vendor: 9, attributes: [{ type: 1, value: Buffer.from('shell:priv-lvl=15') }] }),
    ];
    const home = await homeServer('one', () => ({ code: Code.AccessAccept, attributes }));
    const result = await connect().homeServers.check(proxied([home]))(undefined, never);
    if (result.kind !== 'verified' || !result.doorData) throw new Error(result.kind);
    expect(unpackAttributes(result.doorData, clientKey, systemRandom.bytes).map(plain)).toEqual(
      attributes.map(plain),
    );
  });

  test('a refusal passes on, with what the home server says', async () => {
    const home = await homeServer('one', () => ({
      code: Code.AccessReject,
      attributes: [writeAttribute(rfc2865.ReplyMessage, 'expired')],
    }));
    const result = await connect().homeServers.check(proxied([home]))(undefined, never);
    expect(result).toMatchObject({ kind: 'refused', reason: 'first_factor_refused' });
    expect(result.kind === 'refused' && result.doorData).toBeTruthy();
  });
});

describe('several home servers', () => {
  test('the next one is asked when one is silent, which is then passed over for a while', async () => {
    const { homeServers, observed } = connect();
    const second = await homeServer('two', accept);
    const check = () => homeServers.check(proxied([silent('one'), second]))(undefined, never);
    expect(await check()).toMatchObject({ kind: 'verified' });
    expect(await check()).toMatchObject({ kind: 'verified' });
    expect(observed.filter((line) => line.startsWith('one'))).toHaveLength(1);
    time += 30_001;
    await check();
    expect(observed.filter((line) => line.startsWith('one'))).toHaveLength(2);
  });

  test('when all are silent the login is refused with that reason; even the dead are tried', async () => {
    const { homeServers, observed } = connect();
    const check = () => homeServers.check(proxied([silent('one'), silent('two')]))(undefined, never);
    expect(await check()).toEqual({ kind: 'refused', reason: 'home_server_unavailable', step: null });
    await check();
    expect(observed.map((line) => line.split(' ')[0])).toEqual(['one', 'two', 'one', 'two']);
  });
});

describe('what the log says', () => {
  const tell = (home: LoadedHomeServer) => {
    const lines: Record<string, unknown>[] = [];
    const metrics = createMetrics();
    const log = createLog('info', { write: (line) => lines.push(JSON.parse(line)) });
    const observe = tellExchanges({ metrics, lines: createSampledLines({ log, clock }) });
    const homeServers = connectHomeServers({ clock, random: systemRandom, vault, observe });
    stops.push(() => homeServers.close());
    return { lines, metrics, ask: () => homeServers.check(proxied([home]))(undefined, never) };
  };

  test('an answer made with another shared secret was discarded; it is no silence', async () => {
    const impostor = createSocket('udp4');
    impostor.on('message', (request, { port, address }) => {
      const answer = Buffer.alloc(20);
      answer.set([Code.AccessAccept, request[1] ?? 0, 0, 20]);
      impostor.send(answer, port, address);
    });
    await new Promise<void>((resolve) => impostor.bind(0, '127.0.0.1', resolve));
    stops.push(async () => void impostor.close());
    const { lines, metrics, ask } = tell({ ...silent('one'), port: impostor.address().port });
    expect(await ask()).toMatchObject({ kind: 'refused', reason: 'home_server_unavailable' });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      msg: expect.stringContaining('discarded'),
      home_server: 'one',
      refusal: 'bad-response-authenticator',
      cause: 'the answer was made with another shared secret',
      remedy: expect.stringContaining('shared secret'),
    });
    // For the alerts it is as unusable as silence.
    expect(await metrics.render()).toContain(
      'countersign_home_server_exchanges_total{home_server="one",result="timeout"} 1',
    );
  });

  test('silence is told as such', async () => {
    const mute = createSocket('udp4');
    await new Promise<void>((resolve) => mute.bind(0, '127.0.0.1', resolve));
    stops.push(async () => void mute.close());
    const { lines, ask } = tell({ ...silent('one'), port: mute.address().port });
    await ask();
    expect(lines).toMatchObject([{ msg: 'a home server gave no usable answer', result: 'timeout' }]);
  });
});

describe('conversations of the home server', () => {
  test('go on with the same home server and its own State, and with no other user', async () => {
    const { homeServers } = connect();
    const asks: Handle = ({ packet }) => {
      const state = readFirst(packet.attributes, rfc2865.State);
      if (state) return { code: Code.AccessAccept, attributes: [] };
      return {
        code: Code.AccessChallenge,
        attributes: [writeAttribute(rfc2865.State, Buffer.from('their state'))],
      };
    };
    const [first, second] = [await homeServer('one', accept), await homeServer('two', asks)];
    const begun = await homeServers.check(proxied([second, first]))(undefined, never);
    if (begun.kind !== 'asks') throw new Error(begun.kind);
    const state = readFirst(unpackAttributes(begun.doorData, clientKey, systemRandom.bytes), rfc2865.State);
    expect(Buffer.from(state!).toString()).not.toContain('their state');

    const goOn = (conversation: string) =>
      homeServers.check({
        ...proxied([first, second], [...pap('123456'), writeAttribute(rfc2865.State, state!)]),
        conversation: () => conversation,
      })(undefined, never);
    expect(await goOn('client mallory')).toMatchObject({ kind: 'refused', reason: 'challenge_unknown' });
    expect(await goOn('client alice')).toMatchObject({
      kind: 'verified',
      step: { details: { home_server: 'two' } },
    });
    expect(Buffer.from(readFirst(second.asked.at(-1)!.packet.attributes, rfc2865.State)!).toString()).toBe(
      'their state',
    );
    expect(first.asked).toEqual([]);
  });

  test('a state is old after five minutes, and one that cannot be carried is not given out', () => {
    const belonging = { homeServerId: 'hsv_1', state: Buffer.from([1, 32, 0, 255]) };
    const sealed = sealState({ vault, clock }, 'x', belonging)!;
    expect(openState({ vault, clock }, 'x', sealed)).toMatchObject({ homeServerId: 'hsv_1' });
    expect(Buffer.from(openState({ vault, clock }, 'x', sealed)!.state)).toEqual(belonging.state);
    time += 300_001;
    expect(openState({ vault, clock }, 'x', sealed)).toBeUndefined();
    expect(openState({ vault, clock }, 'x', Buffer.from('noise'))).toBeUndefined();
    expect(
      sealState({ vault, clock }, 'x', { homeServerId: 'hsv_1', state: new Uint8Array(200) }),
    ).toBeUndefined();
  });
});

const plain = ({ type, value }: { type: number; value: Uint8Array }) => [
  type,
  Buffer.from(value).toString('hex'),
];
