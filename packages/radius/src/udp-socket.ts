// UDP sockets for numeric addresses: no name lookups, a large receive buffer, binding and closing as promises.
import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';

/** An IP address in text and a UDP port. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** Requests wait in the kernel while a database commit blocks the loop. The kernel may cap this (net.core.rmem_max). */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;

/** Opens a socket of the address's family; `ipv6Only` keeps an IPv6 wildcard from taking IPv4 too. */
export function openSocket(address: string, ipv6Only = false): Socket {
  const family = isIPv6(address) ? 6 : 4;
  return createSocket({
    type: family === 6 ? 'udp6' : 'udp4',
    ipv6Only,
    recvBufferSize: RECEIVE_BUFFER_BYTES,
    // Every address here is numeric already: answering at once saves a trip through the resolver per datagram.
    lookup: (host, _options, callback) => callback(null, host, family),
  });
}

/** Rejects with the system error, such as EADDRINUSE. Resolves with the bound address; port 0 becomes the real one. */
export function bindSocket(socket: Socket, { address, port }: Endpoint): Promise<Endpoint> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind({ address, port }, () => {
      socket.off('error', reject);
      const bound = socket.address();
      resolve({ address: bound.address, port: bound.port });
    });
  });
}

export function closeSocket(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.close(() => resolve());
  });
}
