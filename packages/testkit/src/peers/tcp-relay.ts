// A TCP relay before a server: slow, mute or gone, as tests want it. It knows nothing of what passes.
import { connect, createServer, type Socket } from 'node:net';
import { once } from 'node:events';

export interface TcpRelay {
  readonly port: number;
  /** Milliseconds by which everything the server says comes later. */
  delay(ms: number): void;
  /** Connections so far. */
  connections(): number;
  /** The first megabyte that clients said, as bytes. */
  heard(): string;
  /** Swallows what the server says from now on, or no more. */
  mute(isMute: boolean): void;
  /** Ends every connection and takes no more, or takes them again. */
  cut(): Promise<void>;
  restore(): Promise<void>;
  stop(): Promise<void>;
}

const mebibyte = 1024 * 1024;

export async function startTcpRelay(targetPort: number, targetAddress = '127.0.0.1'): Promise<TcpRelay> {
  let [delayMs, isMute, count, heard] = [0, false, 0, ''];
  const open = new Set<Socket>();
  const timers = new Set<NodeJS.Timeout>();

  const passBack = (client: Socket, chunk: Buffer): void => {
    if (isMute) return;
    if (delayMs === 0) return void client.write(chunk);
    const timer = setTimeout(() => {
      timers.delete(timer);
      if (!client.destroyed) client.write(chunk);
    }, delayMs);
    timers.add(timer);
  };
  const server = createServer((client) => {
    count += 1;
    const target = connect(targetPort, targetAddress);
    for (const [socket, other] of [
      [client, target],
      [target, client],
    ] as const) {
      open.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        open.delete(socket);
        other.destroy();
      });
    }
    client.on('data', (chunk: Buffer) => {
      if (heard.length < mebibyte) heard += chunk.toString('latin1');
      target.write(chunk);
    });
    target.on('data', (chunk: Buffer) => passBack(client, chunk));
  });
  const listen = async (port: number): Promise<void> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  await listen(0);
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const cut = async (): Promise<void> => {
    for (const timer of timers) clearTimeout(timer);
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of open) socket.destroy();
    await closed;
  };
  return {
    port,
    delay: (ms) => void (delayMs = ms),
    connections: () => count,
    heard: () => heard,
    mute: (mute) => void (isMute = mute),
    cut,
    restore: () => listen(port),
    stop: cut,
  };
}
