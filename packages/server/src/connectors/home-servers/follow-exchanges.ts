// How each home server stands by the last login that was passed to it, for those who have no database to ask: a proxy at another site.
import type { LoadedHomeServer } from '#core/radius-clients/radius-client.ts';
import type { Clock } from '#platform/clock.ts';
import { discardedAnswer } from './discarded-answer.ts';
import type { ObserveExchange } from './home-servers.ts';

type StateName = 'not_asked' | 'answers' | 'silent' | 'discarded' | 'unreachable' | 'unreadable';

interface State {
  readonly state: StateName;
  readonly message: string;
  readonly remedy: string;
}

export interface FollowedHomeServer extends State {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  /** Since when it is so, epoch milliseconds; null when it was not asked yet. */
  readonly since: number | null;
}

const notAsked: State = { state: 'not_asked', message: 'was not asked since the start', remedy: '' };
const answers: State = { state: 'answers', message: 'answers', remedy: '' };
const silent: State = {
  state: 'silent',
  message: 'gives no answer',
  remedy: 'Check that it runs, and that it knows this machine as a client with the same shared secret.',
};
const unreachable: State = {
  state: 'unreachable',
  message: 'cannot be reached',
  remedy: 'Check address, port, routing and firewalls; nothing listens there.',
};
const unreadable: State = {
  state: 'unreadable',
  message: 'gave an answer that cannot be read',
  remedy: 'Check the attributes that it adds to its answers.',
};

/** Of an exchange that ended so; undefined when that says nothing about the home server. */
function stateOf([, result, , refusal]: Parameters<ObserveExchange>): State | undefined {
  switch (result) {
    case 'reply':
      return answers;
    case 'timeout': {
      if (refusal === undefined) return silent;
      const { is, remedy } = discardedAnswer[refusal];
      return { state: 'discarded', message: `gave an answer that ${is}; it was discarded`, remedy };
    }
    case 'unreachable':
      return unreachable;
    case 'unreadable':
      return unreadable;
    case 'exhausted':
    case 'aborted':
      return undefined;
  }
}

export interface FollowExchanges {
  readonly observe: ObserveExchange;
  /** In the order in which they were given, each once. */
  states(): readonly FollowedHomeServer[];
}

/** Nothing is sent for it: what it tells is what the logins found out. */
export function followExchanges(
  { clock }: { readonly clock: Clock },
  servers: readonly LoadedHomeServer[],
): FollowExchanges {
  const followed = new Map<string, FollowedHomeServer>(
    servers.map(({ id, name, address, port }) => [id, { name, address, port, since: null, ...notAsked }]),
  );
  return {
    observe(...told) {
      const [{ id }] = told;
      const before = followed.get(id);
      const now = stateOf(told);
      if (!before || !now || now.message === before.message) return;
      followed.set(id, { ...before, ...now, since: clock.now() });
    },
    states: () => [...followed.values()],
  };
}
