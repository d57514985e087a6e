// Binds the RADIUS door to every configured address, and says in one sentence why where it cannot.
import type { RadiusServer } from '@countersign/radius';
import { StartError } from '#platform/data-directory.ts';
import { type ListenAddress, writeAddress } from '#platform/environment.ts';
import type { Log } from '#platform/log.ts';

/** @returns what was really bound. @throws StartError */
export async function listenOnEach(
  server: Pick<RadiusServer, 'listen'>,
  addresses: readonly ListenAddress[],
  log: Log,
): Promise<readonly ListenAddress[]> {
  const bound: ListenAddress[] = [];
  for (const { host, port } of addresses) {
    const address = await server
      .listen({ address: host, port, ipv6Only: host.includes(':') })
      .catch((error: unknown) => explainListenFailure(log, { host, port }, error));
    if (address) bound.push({ host: address.address, port: address.port });
  }
  return bound;
}

/** @returns undefined where the machine has no IPv6, which is no reason not to serve IPv4 */
function explainListenFailure(log: Log, { host, port }: ListenAddress, error: unknown): undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (host === '::' && (code === 'EAFNOSUPPORT' || code === 'EADDRNOTAVAIL')) {
    log.warn('this machine has no IPv6; RADIUS listens on IPv4 only');
    return undefined;
  }
  const address = writeAddress({ host, port });
  if (code === 'EADDRINUSE') {
    throw new StartError(
      `The RADIUS address ${address} is in use by another program (another RADIUS server, or is Countersign already running?). Stop it, or choose another with COUNTERSIGN_RADIUS_LISTEN.`,
    );
  }
  if (code === 'EACCES')
    throw new StartError(
      `This user may not listen on ${address}. Choose a port above 1023 with COUNTERSIGN_RADIUS_LISTEN, or grant it.`,
    );
  throw new StartError(
    `RADIUS cannot listen on ${address}: ${error instanceof Error ? error.message : String(error)}.`,
  );
}
