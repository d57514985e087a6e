// The servers of a RADIUS user source at their addresses, in the order in which they are asked.
import type { LoadedHomeServer } from '#core/radius-clients/radius-client.ts';
import type { DirectoryHost, RadiusSourceSettings } from '#core/user-sources/directory.ts';
import { HostFailure } from '../directories/failure.ts';
import type { FindAddresses } from '../directories/host-addresses.ts';

export interface FoundServers {
  readonly servers: readonly LoadedHomeServer[];
  /** Of hosts without an address, why; for the administrator. */
  readonly faults: readonly string[];
}

/** A silent server is passed over for so long while another one answers. */
const deadSeconds = 30;
/** A name that nobody knows must not keep the servers waiting that are known. */
const nameMs = 2000;

/** Never throws for names that are not found. */
export async function serversOf(
  findAddresses: FindAddresses,
  settings: RadiusSourceSettings,
  signal: AbortSignal,
): Promise<FoundServers> {
  const servers: LoadedHomeServer[] = [];
  const faults: string[] = [];
  for (const host of settings.hosts) {
    const found = await addressesOf(findAddresses, host, signal);
    if (typeof found === 'string') faults.push(found);
    else servers.push(...found.map((address) => serverAt(settings, host, address)));
  }
  return { servers, faults };
}

/** A text says why there is none. */
export async function addressesOf(
  findAddresses: FindAddresses,
  { host }: DirectoryHost,
  signal: AbortSignal,
): Promise<readonly string[] | string> {
  try {
    return await findAddresses(host, AbortSignal.any([signal, AbortSignal.timeout(nameMs)]));
  } catch (error) {
    if (error instanceof HostFailure) return `${host}: ${error.message}`;
    throw error;
  }
}

export const serverAt = (
  { id, shared_secret, answer_ms, tries }: RadiusSourceSettings,
  host: DirectoryHost,
  address: string,
): LoadedHomeServer => ({
  id: `${id} ${address} ${host.port}`,
  name: labelOf(host),
  address,
  port: host.port,
  secret: Buffer.from(shared_secret.reveal()),
  messageAuthenticator: 'require',
  timeoutMs: answer_ms,
  tries,
  deadSeconds,
});

export const labelOf = ({ host, port }: DirectoryHost): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
