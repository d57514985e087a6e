// Connections to push services. Every address is judged at the very moment it is connected to: a name that resolves to something else the
// next time (DNS rebinding) gains nothing by it.
import { Agent as HttpAgent, type AgentOptions } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { LookupFunction } from 'node:net';
import { type EndpointRules, hostOf, mayConnect } from '#core/push-subscriptions/push-endpoint.ts';
import type { Resolve } from './resolve-name.ts';

/** The name resolved, but to nothing that may be connected to. */
export class AddressRefused extends Error {}

/** For `net.connect`, which asks it for names and never for addresses. @param signal of the push that it is for */
export function guardedLookup(rules: EndpointRules, resolve: Resolve, signal: AbortSignal): LookupFunction {
  const allowedOf = async (host: string) => {
    const plain = host.replace(/\.$/, '');
    const allowed = (await resolve(host, signal)).filter(({ address }) => mayConnect(rules, plain, address));
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
  /** How a request is to look its host up; called off by the signal. */
  lookupFor(signal: AbortSignal): LookupFunction;
  close(): void;
}

const maxIdle = 16;
const idleMs = 30_000;

export function createAgents(rules: EndpointRules, resolve: Resolve): Agents {
  // Without a look-up: what an agent has takes the place of what a request has, and each push has its own.
  const options: AgentOptions = { keepAlive: true, maxFreeSockets: maxIdle, timeout: idleMs };
  const agents = { 'http:': new HttpAgent(options), 'https:': new HttpsAgent(options) };
  return {
    agentFor(endpoint) {
      const host = hostOf(endpoint);
      const isName = !/^[0-9.]+$|:/.test(host);
      if (!isName && !mayConnect(rules, host, host))
        throw new AddressRefused('the endpoint’s address may not be connected to');
      return endpoint.protocol === 'http:' ? agents['http:'] : agents['https:'];
    },
    lookupFor: (signal) => guardedLookup(rules, resolve, signal),
    close() {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}
