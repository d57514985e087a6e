// TLS in front of a server that has none, as an operator's load balancer would be.
import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { createServer } from 'node:tls';
import type { LocalTls } from '../push/own-authority.ts';

export interface TlsFront {
  readonly port: number;
  /** Connections that were made by TLS, so far. */
  secured(): number;
  stop(): Promise<void>;
}

/** @param targetPort of a server on this machine */
export async function startTlsFront(targetPort: number, { certificate, key }: LocalTls): Promise<TlsFront> {
  const open = new Set<Socket>();
  let secured = 0;
  const server = createServer({ cert: certificate, key }, (client) => {
    secured += 1;
    const target = connect(targetPort, '127.0.0.1');
    for (const [socket, other] of [
      [client, target],
      [target, client],
    ] as const) {
      open.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        open.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  });
  // Who does not trust it says so and leaves.
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    secured: () => secured,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}
