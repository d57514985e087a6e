// Connections to push services. Every address is judged at the very moment it is connected to: a name that resolves to something else the
// next time (DNS rebinding) gains nothing by it.
import { lookup as systemLookup } from 'node:dns';
import { Agent as HttpAgent, type AgentOptions } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { LookupFunction } from 'node:net';
import { type EndpointRules, hostOf, mayConnect } from '#core/push-subscriptions/push-endpoint.ts';

/** The name resolved, but to nothing that may be connected to. */
export class AddressRefused extends Error {}

/** All addresses of a name. */
export type Resolve = (
  host: string,
) => Promise<readonly { readonly address: string; readonly family: number }[]>;

/** As the system does, /etc/hosts included. Waits in libuv's pool, of which look-ups get at most half: passwords are checked meanwhile. */
const resolveBySystem: Resolve = (host) =>
  new Promise((resolve, reject) => {
    systemLookup(host, { all: true }, (error, addresses) => {
      if (error) reject(error);
      else resolve(addresses);
    });
  });

/** For `net.connect`, which asks it for names and never for addresses. */
export function guardedLookup(rules: EndpointRules, resolve: Resolve = resolveBySystem): LookupFunction {
  const allowedOf = async (host: string) => {
    const plain = host.replace(/\.$/, '');
    const allowed = (await resolve(host)).filter(({ address }) => mayConnect(rules, plain, address));
    if (allowed.length === 0) throw new AddressRefused('no address of the push service may be connected to');
    return allowed;
  };
  return (host, options, answer) => {
    allowedOf(host).then(
      (allowed) => {
        const [first] = allowed;
        if (options.all) answer(null, [...allowed]);
        else answer(null, first?.address ?? '', first?.family ?? 0);
      },
      (error: unknown) => answer(error instanceof Error ? error : new Error(String(error)), ''),
    );
  };
}

export interface Agents {
  /** The agent for an endpoint. @throws AddressRefused when its host is an address that may not be connected to */
  agentFor(endpoint: URL): HttpAgent;
  close(): void;
}

const maxIdle = 16;
const idleMs = 30_000;

export function createAgents(rules: EndpointRules, resolve?: Resolve): Agents {
  const options: AgentOptions & { lookup: LookupFunction } = {
    keepAlive: true,
    maxFreeSockets: maxIdle,
    timeout: idleMs,
    lookup: guardedLookup(rules, resolve),
  };
  const agents = { 'http:': new HttpAgent(options), 'https:': new HttpsAgent(options) };
  return {
    agentFor(endpoint) {
      const host = hostOf(endpoint);
      const isName = !/^[0-9.]+$|:/.test(host);
      if (!isName && !mayConnect(rules, host, host))
        throw new AddressRefused('the endpoint’s address may not be connected to');
      return endpoint.protocol === 'http:' ? agents['http:'] : agents['https:'];
    },
    close() {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}
