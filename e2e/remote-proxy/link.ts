// The line between a site and the server: passes bytes, can be cut, fall silent, and speak TLS with a certificate of its own making.
import { connect, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';

export interface Link {
  readonly port: number;
  /** Nothing listens any more, and what was connected is cut. */
  cut(): Promise<void>;
  /** Connections are taken and nothing ever answers. */
  silence(): void;
  restore(): Promise<void>;
  close(): Promise<void>;
}

export async function openLink(
  target: { readonly port: number },
  tls?: { readonly cert: string; readonly key: string },
): Promise<Link> {
  const sockets = new Set<Socket>();
  let silent = false;
  let port = 0;
  let server: Server | undefined;
  const dropAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const carry = (near: Socket): void => {
    const far = connect(target.port, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.once('close', () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
      socket.on('error', () => undefined);
    }
    near.on('data', (bytes) => void (silent || far.write(bytes)));
    far.on('data', (bytes) => void (silent || near.write(bytes)));
  };
  const listen = async (): Promise<void> => {
    const opened = tls ? createTlsServer(tls, carry) : createServer(carry);
    opened.on('tlsClientError', () => undefined);
    await new Promise<void>((resolve) => opened.listen(port, '127.0.0.1', resolve));
    const address = opened.address();
    port = typeof address === 'object' && address ? address.port : 0;
    server = opened;
  };
  const cut = async (): Promise<void> => {
    const closing = server;
    server = undefined;
    const closed = new Promise<void>((resolve) => (closing ? closing.close(() => resolve()) : resolve()));
    dropAll();
    await closed;
  };
  await listen();
  return {
    get port() {
      return port;
    },
    cut,
    silence: () => {
      silent = true;
    },
    async restore() {
      silent = false;
      dropAll();
      if (!server) await listen();
    },
    close: cut,
  };
}
