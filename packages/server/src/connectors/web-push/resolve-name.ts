// Addresses of push services. Devices choose the names, so these are asked of the name servers directly: a look-up by the system cannot be
// called off, and holds one of the few threads that the rest of the server needs for its own names and files.
import { Resolver, lookup as systemLookup } from 'node:dns/promises';
import { type EndpointRules, isNameAllowed } from '#core/push-subscriptions/push-endpoint.ts';

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

/** All addresses of a name. Rejects when there are none, and as soon as the signal says so. */
export type Resolve = (host: string, signal: AbortSignal) => Promise<readonly ResolvedAddress[]>;

/** For one question to one name server. */
const questionMs = 2000;
const tries = 2;

/** @param servers name servers (`address:port`) instead of the system's */
export function createResolve(rules: EndpointRules, servers?: readonly string[]): Resolve {
  const bySystem = createSystemResolve();
  return async (host, signal) => {
    const name = host.replace(/\.$/, '').toLowerCase();
    if (isNameAllowed(rules, name)) return bySystem(name);
    // RFC 6761 6.3: this machine, and nothing that a name server is to be asked for.
    if (name === 'localhost' || name.endsWith('.localhost')) return [{ address: '127.0.0.1', family: 4 }];
    return askNameServers(name, signal, servers);
  };
}

/**
 * As the system does, /etc/hosts included: only for the few names an administrator allowed. One look-up of a name at a time, since none can
 * be called off.
 */
function createSystemResolve(): (name: string) => Promise<readonly ResolvedAddress[]> {
  const underWay = new Map<string, Promise<readonly ResolvedAddress[]>>();
  return (name) => {
    const before = underWay.get(name);
    if (before) return before;
    const asked = systemLookup(name, { all: true }).finally(() => underWay.delete(name));
    underWay.set(name, asked);
    return asked;
  };
}

/** The name as it is, without the system's search domains. */
async function askNameServers(
  name: string,
  signal: AbortSignal,
  servers: readonly string[] | undefined,
): Promise<readonly ResolvedAddress[]> {
  signal.throwIfAborted();
  // One for each look-up: only as a whole can it be called off.
  const resolver = new Resolver({ timeout: questionMs, tries });
  if (servers) resolver.setServers(servers);
  const cancel = () => resolver.cancel();
  signal.addEventListener('abort', cancel);
  try {
    const [four, six] = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
    const found = [...withFamily(four, 4), ...withFamily(six, 6)];
    if (found.length === 0 && four.status === 'rejected') throw four.reason;
    return found;
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

const withFamily = (answer: PromiseSettledResult<string[]>, family: number): ResolvedAddress[] =>
  answer.status === 'fulfilled' ? answer.value.map((address) => ({ address, family })) : [];
