// Sockets: listens on every configured address, bounds what a peer may take in time and size, and lets go in order.
import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { createFairShare } from '#core/throttles/fair-share.ts';
import { sourceKey } from '#core/throttles/source-key.ts';

export interface ListenAddress {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
}

/** Certificate chain and key, PEM. */
export interface Tls {
  readonly cert: string;
  readonly key: string;
}

export interface SocketLimits {
  /** All times in milliseconds. Headers must be there after this. */
  readonly headersTimeoutMs: number;
  /** The whole request with its body must be there after this. */
  readonly requestTimeoutMs: number;
  /** How long a connection may stay without a request; longer than a reverse proxy keeps its own. */
  readonly keepAliveTimeoutMs: number;
  /** How long a connection may stay without a byte either way; streams send more often. */
  readonly idleTimeoutMs: number;
  /** How often the above are looked at. */
  readonly checkEveryMs: number;
  /** Request line and headers together, bytes. */
  readonly maxHeaderBytes: number;
  readonly maxHeaders: number;
  /** In all; one address gets at most half, a trusted proxy all. */
  readonly maxConnections: number;
}

export const socketLimits: SocketLimits = {
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  keepAliveTimeoutMs: 75_000,
  idleTimeoutMs: 120_000,
  checkEveryMs: 2000,
  maxHeaderBytes: 16_384,
  maxHeaders: 100,
  maxConnections: 10_000,
};

/** Why a connection was closed before it was served. */
export type ConnectionRefusal = 'full' | 'source_share' | 'timeout' | 'broken';

export interface ListenerOptions {
  readonly tls?: Tls | undefined;
  readonly limits?: SocketLimits | undefined;
  /** Told of every connection that is closed unserved. */
  readonly refused?: (cause: ConnectionRefusal) => void;
  /** Whether an address may hold as many connections as it likes, since it stands for many callers. */
  readonly standsForMany?: (address: string) => boolean;
}

/** Could not listen; the message is one sentence for the administrator. */
export class ListenError extends Error {}

export interface Listeners {
  /** @returns the addresses really listened on. @throws ListenError; nothing is left listening then. */
  start(addresses: readonly ListenAddress[]): Promise<readonly ListenAddress[]>;
  /** Takes no new connections, waits for open answers, and cuts what is left after `deadlineMs`. */
  stop(deadlineMs: number): Promise<void>;
}

export function createListeners(
  listener: RequestListener,
  { tls, limits = socketLimits, refused = () => undefined, standsForMany = () => false }: ListenerOptions,
): Listeners {
  const servers: Server[] = [];
  const places = createFairShare(limits.maxConnections);
  const admit = (socket: Socket): void => {
    const address = socket.remoteAddress ?? '';
    const holder = standsForMany(address) ? holderOfOne(socket) : sourceKey(address);
    const taken = places.take(holder);
    if (typeof taken === 'function') return void socket.once('close', taken);
    refused(taken);
    socket.destroy();
  };
  const open = (): Server => {
    const server = tls
      ? createTlsServer(
          {
            ...serverOptions(limits),
            ...tls,
            minVersion: 'TLSv1.2',
            handshakeTimeout: limits.headersTimeoutMs,
          },
          listener,
        )
      : createServer(serverOptions(limits), listener);
    server.maxHeadersCount = limits.maxHeaders;
    server.setTimeout(limits.idleTimeoutMs);
    server.on('connection', admit);
    server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
      refused(error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'timeout' : 'broken');
      answerBroken(error, socket);
    });
    servers.push(server);
    return server;
  };
  const stop = async (deadlineMs: number) => {
    await Promise.all(servers.splice(0).map((server) => close(server, deadlineMs)));
  };
  return {
    stop,
    async start(addresses) {
      const started: ListenAddress[] = [];
      try {
        for (const address of addresses) started.push(await listen(open(), address));
      } catch (error) {
        await stop(0);
        throw error;
      }
      return started;
    },
  };
}

/** A holder of its own for each connection, so that only the total limits them. */
const holderOfOne = ({ remotePort, localPort }: Socket): string => `port ${remotePort} ${localPort}`;

const serverOptions = (limits: SocketLimits): ServerOptions => ({
  maxHeaderSize: limits.maxHeaderBytes,
  headersTimeout: limits.headersTimeoutMs,
  requestTimeout: limits.requestTimeoutMs,
  keepAliveTimeout: limits.keepAliveTimeoutMs,
  connectionsCheckingInterval: limits.checkEveryMs,
});

function listen(server: Server, { host, port }: ListenAddress): Promise<ListenAddress> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) =>
      reject(new ListenError(`Cannot listen on ${host} port ${port}: ${whyNot(error)}.`, { cause: error }));
    server.once('error', failed);
    server.listen({ host, port }, () => {
      server.off('error', failed);
      const { address, port: given } = server.address() as AddressInfo;
      resolve({ host: address, port: given });
    });
  });
}

function whyNot({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'EADDRINUSE') return 'another program is using it (perhaps Countersign is already running)';
  if (code === 'EACCES') return 'ports below 1024 need the right to bind them';
  if (code === 'EADDRNOTAVAIL') return 'this machine has no such address';
  return message;
}

const idleSweepMs = 20;

async function close(server: Server, deadlineMs: number): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  const cut = setTimeout(() => server.closeAllConnections(), deadlineMs);
  // Node closes the connections that are idle now; one whose stream ends a moment later would be kept alive until the deadline.
  const sweep = setInterval(() => server.closeIdleConnections(), idleSweepMs);
  await closed;
  clearInterval(sweep);
  clearTimeout(cut);
}

/** What is no HTTP, or too large or too slow, gets a bare answer and loses its connection. */
function answerBroken(error: NodeJS.ErrnoException, socket: Socket): void {
  const status =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? '431 Request Header Fields Too Large'
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? '408 Request Timeout'
        : '400 Bad Request';
  // On a connection that has carried an answer before, another could be taken for part of it.
  if (socket.writable && socket.bytesWritten === 0)
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  socket.destroySoon();
}
