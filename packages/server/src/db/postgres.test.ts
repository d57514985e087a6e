// What happens when PostgreSQL stops answering, or goes away, while somebody waits for it.
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { Unavailable } from '#platform/problem.ts';
import { onBothDatabases } from './on-both-databases.test-support.ts';
import { openPostgres } from './postgres.ts';

/** A server that greets with these bytes, once it is spoken to, and is silent from then on. */
async function silentServer(greeting: Buffer) {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.once('data', () => socket.write(greeting));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `postgres://nobody:nothing@127.0.0.1:${port}/none`,
    connections: () => sockets.length,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

// AuthenticationOk and ReadyForQuery (PostgreSQL documentation, 53.7).
const welcome = Buffer.from('5200000008000000005a0000000549', 'hex');
const limits = { connectMs: 200, answerMs: 200 };

test.each([
  ['before the login', Buffer.alloc(0)],
  ['after the login', welcome],
])('a server that is silent %s is told as unavailable, for reads as for writes', async (_when, greeting) => {
  const server = await silentServer(greeting);
  const db = openPostgres(server.url, () => {}, limits);
  const started = performance.now();
  await expect(db.ping()).rejects.toThrow(Unavailable);
  await expect(db.read.selectFrom('audit_heads').selectAll().execute()).rejects.toThrow(Unavailable);
  await expect(db.write(async () => {})).rejects.toThrow(Unavailable);
  // Six times 200 ms at most on an idle machine; without the limits it would be for ever.
  expect(performance.now() - started).toBeLessThan(60_000);
  // Nobody was put behind an unanswered query of somebody else's.
  expect(server.connections()).toBe(3);
  await db.close();
  await server.close();
});

onBothDatabases('a connection that breaks in the middle of a write', (db) => {
  test('is told as unavailable, and the next write goes through', async () => {
    if (db().dialect === 'sqlite') return;
    const torn = db().write(async (tx) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx);
      await sql`select pg_terminate_backend(${rows[0]!.pid})`.execute(db().read);
      // The end may arrive while nothing is asked, and must not end the process.
      for (let turn = 0; turn < 100; turn += 1) await new Promise(setImmediate);
      await sql`select 1`.execute(tx);
    });
    await expect(torn).rejects.toThrow(Unavailable);
    expect(await db().write(async () => 'done')).toBe('done');
  });
});
