// What the proxy knows of the server: whether it answers, since when it does not, and what its application allows meanwhile. Every call
// tells it something; a check comes round besides, every 10 seconds by default, and less and less often while it fails.
import type { ProxiedApplication } from '@countersign/contract/remote-proxy-models.ts';
import type { Loss } from '#core/authentication/unreachable-outcome.ts';
import type { Clock } from '#platform/clock.ts';
import type { Random } from '#platform/random.ts';
import type { ApiFailure, ApiResult } from './server-api.ts';
import { createRounds } from './check-rounds.ts';
import type { LinkState } from './status-message.ts';

export interface LinkStatus {
  readonly state: LinkState;
  /** Since when it is so, epoch milliseconds. */
  readonly since: number;
  /** When the server answered last, epoch milliseconds; null when never. */
  readonly lastAnswerAt: number | null;
}

export interface ServerLink {
  status(): LinkStatus;
  /** What the server said of the application when it could be asked last and did not refuse. */
  application(): ProxiedApplication | undefined;
  /** A call ended so. Only ends of calls that were made with the proxy's credentials count. */
  heard(result: ApiResult<unknown>): void;
  /** Asks the server now; calls at the same time are one. */
  check(): Promise<LinkState>;
  /** Undefined unless the server is lost at this moment, having answered well before. */
  loss(): Loss | undefined;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface ServerLinkDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly checkMs: number;
  readonly askApplication: () => Promise<ApiResult<ProxiedApplication>>;
  /** Told of every change, and once at the first check. */
  readonly changed: (status: LinkStatus) => void;
}

export function createServerLink(deps: ServerLinkDeps): ServerLink {
  const { clock } = deps;
  let state: LinkState = { kind: 'error', problem: 'not_checked', cause: 'the first check is under way' };
  let since = clock.now();
  let lastAnswer: { readonly wall: number; readonly monotonic: number } | undefined;
  let application: ProxiedApplication | undefined;

  const status = (): LinkStatus => ({ state, since, lastAnswerAt: lastAnswer?.wall ?? null });
  const enter = (next: LinkState): void => {
    const same = JSON.stringify(withoutCause(next)) === JSON.stringify(withoutCause(state));
    state = next;
    if (same) return;
    since = clock.now();
    deps.changed(status());
  };
  const answered = (): void => {
    lastAnswer = { wall: clock.now(), monotonic: clock.monotonic() };
  };
  /** Whatever it says: a server that speaks is not lost. */
  const speaks = (): void => {
    if (state.kind !== 'unreachable') return;
    enter({ kind: 'error', problem: 'refused', cause: 'the server answers again, and refused a call' });
  };
  const failed = (failure: ApiFailure): void => {
    const next = stateOfFailure(failure, lastAnswer !== undefined);
    if (!next) {
      if (failure.kind === 'refused') speaks();
      return;
    }
    // Whoever says no, or is not the server, ends what was learned from it: only silence may open anything.
    if (next.kind === 'error') application = undefined;
    enter(next);
  };

  const checkNow = async (): Promise<LinkState> => {
    const result = await deps.askApplication();
    if (result.kind !== 'done') failed(result);
    else {
      answered();
      application = result.value.enabled ? result.value : undefined;
      enter(result.value.enabled ? { kind: 'ok' } : disabled(result.value));
    }
    return state;
  };
  const rounds = createRounds(deps, checkNow);
  return {
    status,
    application: () => application,
    heard(result) {
      if (result.kind === 'done') {
        answered();
        // The application may have changed meanwhile: a whole check says that all is well again.
        if (state.kind !== 'ok' && !rounds.underWay()) void rounds.now();
      } else if (result.kind === 'unreachable' || result.kind === 'untrusted') failed(result);
      else if (result.kind !== 'aborted') speaks();
    },
    check: rounds.now,
    loss: () =>
      state.kind === 'unreachable' && lastAnswer && application
        ? { lastAnswerAt: lastAnswer.monotonic, graceSeconds: application.unreachable_grace_seconds }
        : undefined,
    start: async () => void (await rounds.now()),
    stop: rounds.stop,
  };
}

/** The words may differ from call to call; it is the same all the same. */
const withoutCause = ({ cause: _, ...rest }: LinkState & { cause?: string }): unknown => rest;

const disabled = ({ name }: ProxiedApplication): LinkState => ({
  kind: 'error',
  problem: 'application',
  cause: `“${name}” is disabled`,
});

/** @returns undefined when the failure says nothing about the server */
export function stateOfFailure(failure: ApiFailure, reached: boolean): LinkState | undefined {
  switch (failure.kind) {
    case 'aborted':
      return undefined;
    case 'unreachable':
      return { kind: 'unreachable', cause: failure.cause, reached };
    case 'untrusted':
    case 'foreign':
      return { kind: 'error', problem: failure.kind, cause: failure.cause };
    case 'refused':
      return stateOfRefusal(failure);
  }
}

function stateOfRefusal({ status, code }: Extract<ApiFailure, { kind: 'refused' }>): LinkState | undefined {
  // Too much was asked; the server is there.
  if (status === 429) return undefined;
  if (status === 401 || status === 403 || code === 'invalid_scope')
    return { kind: 'error', problem: 'credentials', cause: code };
  if (code === 'not_found')
    return { kind: 'error', problem: 'application', cause: 'the server knows none with this access ID' };
  if (code === 'route_unknown')
    return { kind: 'error', problem: 'foreign', cause: 'this server is too old for a remote proxy' };
  return { kind: 'error', problem: 'refused', cause: `${code} (status ${status})` };
}
