// Where gateways reach this server: what it says of itself, and the name by which the browser reached it.
import { useQuery } from '../../api/query.ts';
import { mayCall } from '../../api/session.ts';

export interface RadiusAddress {
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
  /** Nothing but this machine itself reaches it. */
  readonly isLocalOnly: boolean;
}

const loopback = /^(?:127\.|::1$|localhost$)/;
const everywhere = new Set(['0.0.0.0', '::']);

/**
 * @param listens `address:port` of each listener, the IPv6 ones in brackets
 * @param hostname of the address in the browser, without brackets; undefined when nothing listens
 */
export function radiusAddress(listens: readonly string[], hostname: string): RadiusAddress | undefined {
  const all = listens.flatMap((text) => {
    const [, bracketed, plain, port] = /^(?:\[(.+)\]|([^:]+)):(\d+)$/.exec(text) ?? [];
    const host = bracketed ?? plain;
    return host === undefined ? [] : [{ host, port: Number(port) }];
  });
  const found = all.find(({ host }) => !loopback.test(host)) ?? all[0];
  if (!found) return undefined;
  const isLocalOnly = loopback.test(found.host);
  return { ...found, host: everywhere.has(found.host) ? nameOf(hostname) : found.host, isLocalOnly };
}

/** Gateways want numbers: they may have no name for this very machine. */
const nameOf = (hostname: string): string => (hostname === 'localhost' ? '127.0.0.1' : hostname);

/** Undefined until it is known, or where this node does not listen. */
export function useRadiusAddress(): RadiusAddress | undefined {
  const overview = useQuery('getOverview', {}, { enabled: mayCall('getOverview') });
  const node = overview.data?.nodes.find((each) => each.is_this);
  const radius = node?.services.find(({ code }) => code === 'radius');
  return radiusAddress(radius?.listens ?? [], location.hostname.replace(/^\[|\]$/g, ''));
}

/** Whether a network is nothing but this machine. */
export const isThisMachine = (network: string): boolean => loopback.test(network);

/** `host:port` as programs take it. */
export const hostAndPort = ({ host, port }: Pick<RadiusAddress, 'host' | 'port'>): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`;
