// One connection against servers of every kind of badness, on loopback.
import { createServer, connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { BerReader, BerWriter, PresenceFilter } from 'ldapts';
import { expect, onTestFinished, test } from 'vitest';
import { Secret } from '#platform/secret.ts';
import { longestMessage } from './exchange.ts';
import { createLdapConnection } from './ldap-connection.ts';
import { createTrust, openStream } from './open-stream.ts';

const never = new AbortController().signal;
type Answer = (id: number, socket: Socket) => void;

/** @param answer is told the id of each message that comes */
async function server(answer: Answer): Promise<number> {
  const listening = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (bytes: Buffer) => {
      // The first words of TLS are no LDAP.
      if (bytes[0] !== 0x30) return;
      const reader = new BerReader(bytes);
      reader.readSequence();
      answer(reader.readInt() ?? 0, socket);
    });
    onTestFinished(() => void socket.destroy());
  });
  listening.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  onTestFinished(() => void listening.close());
  const address = listening.address();
  return typeof address === 'object' && address ? address.port : 0;
}

async function connected(answer: Answer, answerMs = 1000) {
  const socket = connect(await server(answer), '127.0.0.1');
  await once(socket, 'connect');
  const connection = createLdapConnection(socket, answerMs);
  onTestFinished(() => connection.close());
  return connection;
}

function result(id: number, operation: number, code = 0): Buffer {
  const writer = new BerWriter();
  writer.startSequence();
  writer.writeInt(id);
  writer.startSequence(operation);
  writer.writeEnumeration(code);
  writer.writeString('');
  writer.writeString('');
  writer.endSequence();
  writer.endSequence();
  return writer.buffer;
}

function entry(id: number): Buffer {
  const writer = new BerWriter();
  writer.startSequence();
  writer.writeInt(id);
  writer.startSequence(0x64);
  writer.writeString('cn=a');
  writer.startSequence();
  writer.endSequence();
  writer.endSequence();
  writer.endSequence();
  return writer.buffer;
}

const search = {
  base: '',
  scope: 'base',
  filter: new PresenceFilter({ attribute: 'x' }),
  attributes: [],
  most: 3,
} as const;
const [bindResponse, searchDone] = [0x61, 0x65];

test('one question after the other', async () => {
  const connection = await connected((id, socket) => {
    socket.write(
      id === 1 ? result(id, bindResponse, 49) : Buffer.concat([entry(id), entry(id), result(id, searchDone)]),
    );
  });
  const bound = await connection.bind('cn=a', new Secret('x'), never);
  expect(bound).toMatchObject({ result: { code: 49 }, policyError: undefined });
  expect((await connection.search(search, never)).entries).toHaveLength(2);
  expect(connection.isOpen()).toBe(true);
});

test('an empty password is never sent (RFC 4513 5.1.2)', async () => {
  let sent = 0;
  const connection = await connected(() => (sent += 1));
  await expect(connection.bind('cn=a', new Secret(''), never)).rejects.toThrow(RangeError);
  expect(sent).toBe(0);
});

test.each<[string, Answer, RegExp]>([
  ['says nothing', () => undefined, /no answer within 50 ms/],
  ['closes', (_, socket) => socket.end(), /closed the connection/],
  ['resets', (_, socket) => socket.resetAndDestroy(), /broke/],
  ['answers another question', (id, socket) => socket.write(result(id + 1, searchDone)), /not asked/],
  ['answers with another kind', (id, socket) => socket.write(result(id, bindResponse)), /another question/],
  ['says good-bye', (_, socket) => socket.write(result(0, 0x78, 52)), /ended the connection/],
  ['talks HTTP', (_, socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'), /no LDAP message/],
  [
    'announces a message of gigabytes',
    (_, socket) => socket.write(Buffer.from('30847fffffff', 'hex')),
    new RegExp(`at most ${longestMessage}`),
  ],
  [
    'sends more entries than were asked for',
    (id, socket) => socket.write(Buffer.concat(Array.from({ length: 4 }, () => entry(id)))),
    /more than the 3 entries/,
  ],
])('a server that %s is given up', async (what, answer, words) => {
  const connection = await connected(answer, what === 'says nothing' ? 50 : 30_000);
  await expect(connection.search(search, never)).rejects.toThrow(words);
  expect(connection.isOpen()).toBe(false);
  await expect(connection.search(search, never)).rejects.toThrow(words);
});

test('who goes away is not kept waiting', async () => {
  const connection = await connected(() => undefined, 60_000);
  await expect(connection.search(search, AbortSignal.timeout(10))).rejects.toThrow(/called off/);
});

test('what comes before TLS does not count as coming from there (StartTLS)', async () => {
  const open = (port: number) =>
    openStream(
      { host: '127.0.0.1', port },
      {
        transport: 'starttls',
        trust: createTrust(null),
        connectMs: 2000,
        findAddresses: async (host) => [host],
      },
      never,
    );
  const injected = await server((id, socket) =>
    socket.write(Buffer.concat([result(id, 0x78), result(1, bindResponse)])),
  );
  await expect(open(injected)).rejects.toThrow(/before TLS that does not belong/);
  await expect(open(await server((id, socket) => socket.write(result(id, 0x78, 2))))).rejects.toThrow(
    /gives no TLS/,
  );
  await expect(open(await server((id, socket) => socket.write(entry(id))))).rejects.toThrow(/something else/);
});

test('a server that takes connections and says nothing costs the time for connecting, no more', async () => {
  const port = await server(() => undefined);
  const way = {
    transport: 'ldaps',
    trust: createTrust(null),
    connectMs: 50,
    findAddresses: async () => ['127.0.0.1'],
  } as const;
  await expect(openStream({ host: 'x', port }, way, never)).rejects.toThrow(/TLS was not set up in time/);
});
