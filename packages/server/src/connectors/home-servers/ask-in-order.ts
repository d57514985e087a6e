// Asks RADIUS servers in their order until one answers; who was silent is passed over for a while. What is asked, and what an answer
// means, is the caller's business.
import type { ExchangeRequest, ExchangeResult, RadiusClient } from '@countersign/radius';
import type { LoadedHomeServer } from '#core/radius-clients/radius-client.ts';
import type { Clock } from '#platform/clock.ts';
import type { StopSignal } from '#platform/stop-signal.ts';

export interface AskedServer {
  readonly server: LoadedHomeServer;
  readonly result: ExchangeResult;
}

export interface InOrder {
  /** @returns each that was asked, in order; only the last one can have answered. Nobody is asked after an abort. */
  ask(
    servers: readonly LoadedHomeServer[],
    request: (server: LoadedHomeServer) => ExchangeRequest,
    signal: StopSignal,
  ): Promise<readonly AskedServer[]>;
}

/** Servers that are remembered as silent; beyond that all are asked anew. */
const maxDead = 10_000;

/** @param ended told how each exchange ended, and how long it took in milliseconds */
export function askInOrder(
  client: RadiusClient,
  clock: Pick<Clock, 'monotonic'>,
  ended: (asked: AskedServer, ms: number) => void,
): InOrder {
  /** Until when a silent server is passed over, by the monotonic clock. */
  const deadUntil = new Map<string, number>();

  const askOne = async (
    server: LoadedHomeServer,
    request: ExchangeRequest,
    signal: StopSignal,
  ): Promise<AskedServer> => {
    const since = clock.monotonic();
    const result = await client.exchange(server, request, {
      timeoutMs: server.timeoutMs,
      retries: server.tries - 1,
      signal,
    });
    const asked = { server, result };
    ended(asked, clock.monotonic() - since);
    if (result.kind === 'reply') deadUntil.delete(server.id);
    else if (result.kind === 'timeout' || result.kind === 'unreachable') {
      if (deadUntil.size >= maxDead) deadUntil.clear();
      deadUntil.set(server.id, clock.monotonic() + server.deadSeconds * 1000);
    }
    return asked;
  };

  return {
    async ask(servers, request, signal) {
      const all: AskedServer[] = [];
      for (const server of livingFirst(servers, deadUntil, clock.monotonic())) {
        const asked = await askOne(server, request(server), signal);
        all.push(asked);
        if (asked.result.kind === 'reply' || asked.result.kind === 'aborted') break;
      }
      return all;
    },
  };
}

/** The living first, each group in the administrator's order: a server thought dead is better than none. */
function livingFirst(
  servers: readonly LoadedHomeServer[],
  deadUntil: ReadonlyMap<string, number>,
  now: number,
): readonly LoadedHomeServer[] {
  if (servers.length === 1 || deadUntil.size === 0) return servers;
  const isDead = ({ id }: LoadedHomeServer) => (deadUntil.get(id) ?? 0) > now;
  return [...servers.filter((server) => !isDead(server)), ...servers.filter(isDead)];
}
