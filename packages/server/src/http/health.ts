// Health for load balancers and people: is the process alive, and does each thing it needs answer.
import type { FastifyInstance } from 'fastify';
import type { Edge } from './edge.ts';

export interface Dependency {
  readonly name: string;
  /** Without it nothing works: when it fails, the server is not ready. */
  readonly needed: boolean;
  /** Resolves when it answers. */
  check(): Promise<void>;
}

export interface DependencyState {
  readonly name: string;
  readonly status: 'ok' | 'failed';
  readonly needed: boolean;
  /** Since when it is so, epoch milliseconds. */
  readonly since: number;
}

export interface Health {
  ask(): Promise<{ readonly ready: boolean; readonly dependencies: readonly DependencyState[] }>;
}

const checkTimeoutMs = 2000;
/** Answers are kept this long: asking often must not cost the dependencies anything. */
const keepMs = 1000;

export function createHealth(
  { clock, log, metrics }: Pick<Edge, 'clock' | 'log' | 'metrics'>,
  dependencies: readonly Dependency[],
): Health {
  const states = new Map<string, DependencyState>();
  let kept: { at: number; answer: ReturnType<Health['ask']> } | undefined;

  const checkOne = async ({ name, needed, check }: Dependency): Promise<DependencyState> => {
    const error = await inTime(check);
    const status = error === undefined ? 'ok' : 'failed';
    const before = states.get(name);
    metrics.countersign_dependency_up.set({ dependency: name }, status === 'ok' ? 1 : 0);
    if (before?.status === status) return before;
    const state = { name, status, needed, since: clock.now() } as const;
    states.set(name, state);
    // The cause is in the sentence; a stack would only lead to this file.
    if (error !== undefined)
      log.error({ dependency: name, cause: error.message }, 'a dependency does not answer');
    else if (before) log.info({ dependency: name }, 'a dependency answers again');
    return state;
  };
  const checkAll = async () => {
    const all = await Promise.all(dependencies.map(checkOne));
    return { ready: all.every(({ status, needed }) => status === 'ok' || !needed), dependencies: all };
  };
  return {
    ask() {
      const now = clock.monotonic();
      if (!kept || now - kept.at > keepMs) kept = { at: now, answer: checkAll() };
      return kept.answer;
    },
  };
}

/** What went wrong, or undefined when the check passed in time. */
async function inTime(check: () => Promise<void>): Promise<Error | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Error>((resolve) => {
    timer = setTimeout(() => resolve(new Error(`no answer within ${checkTimeoutMs} ms`)), checkTimeoutMs);
  });
  const checked = check().then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
  );
  return Promise.race([checked, late]).finally(() => clearTimeout(timer));
}

/** @param installation digest of its id: the command line on the same machine learns whose server answers */
export function registerHealth(app: FastifyInstance, health: Health, installation: string): void {
  const config = { limit: 'open', quiet: true } as const;
  app.get('/health/live', { config: { ...config, name: 'healthLive' }, exposeHeadRoute: true }, async () => ({
    status: 'ok',
    installation,
  }));
  app.get(
    '/health/ready',
    { config: { ...config, name: 'healthReady' }, exposeHeadRoute: true },
    async (_, reply) => {
      const { ready, dependencies } = await health.ask();
      return reply.code(ready ? 200 : 503).send({ status: ready ? 'ok' : 'failed', dependencies });
    },
  );
}
