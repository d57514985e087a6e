// Which request is on the screen, and what becomes of it. Pure: what was seen, what was done and the time go in, the next state comes out.
import type { Challenge } from '../protocol/challenge.ts';
import type { AnswerResult, Reply } from '../device/answer-challenge.ts';
import type { OutcomeKind } from '../storage/database.ts';

export interface Asked {
  readonly accountId: string;
  readonly challenge: Challenge;
}

export type View =
  | { readonly kind: 'none' }
  | ({ readonly kind: 'asking' } & Asked)
  | ({ readonly kind: 'sending'; readonly reply: Reply } & Asked)
  | ({
      readonly kind: 'outcome';
      readonly outcome: OutcomeKind;
      readonly reply?: Reply | undefined;
      readonly code?: string | undefined;
    } & Asked);

export interface Requests {
  readonly pending: Readonly<Record<string, readonly Challenge[]>>;
  /** Challenges that nothing more is to be done about, though the server may still name them for a moment. */
  readonly settled: readonly string[];
  readonly view: View;
}

export const noRequests: Requests = { pending: {}, settled: [], view: { kind: 'none' } };

/** As many as the server may still name. */
const maxSettled = 100;

/** The server was asked. @param now epoch milliseconds by the server's clock */
export function seen(
  requests: Requests,
  accountId: string,
  challenges: readonly Challenge[],
  now: number,
): Requests {
  const next = { ...requests, pending: { ...requests.pending, [accountId]: challenges } };
  const { view } = requests;
  const isGone =
    view.kind === 'asking' &&
    view.accountId === accountId &&
    !challenges.some(({ id }) => id === view.challenge.id);
  if (!isGone) return advance(next, now);
  const isLate = now >= view.challenge.content.expires_at;
  return settle(next, view, { outcome: isLate ? 'expired' : 'decided_elsewhere' });
}

/** Time went by: what has expired is over, also when the server cannot be asked. */
export function tick(requests: Requests, now: number): Requests {
  const { view } = requests;
  if (view.kind === 'asking' && now >= view.challenge.content.expires_at)
    return settle(requests, view, { outcome: 'expired' });
  return advance(requests, now);
}

export function send(requests: Requests, reply: Reply): Requests {
  const { view } = requests;
  const mayTry = view.kind === 'asking' || (view.kind === 'outcome' && view.outcome === 'not_sent');
  if (!mayTry) return requests;
  const { accountId, challenge } = view;
  return { ...requests, view: { kind: 'sending', accountId, challenge, reply } };
}

export function answered(requests: Requests, result: AnswerResult): Requests {
  const { view } = requests;
  return view.kind === 'sending' ? settle(requests, view, result, view.reply) : requests;
}

/** The person has read how it ended. */
export function dismiss(requests: Requests, now: number): Requests {
  if (requests.view.kind !== 'outcome') return requests;
  const settled = [...requests.settled, requests.view.challenge.id].slice(-maxSettled);
  return advance({ ...requests, settled, view: { kind: 'none' } }, now);
}

/** An account is no longer here. */
export function forget(requests: Requests, accountId: string): Requests {
  const { [accountId]: _gone, ...pending } = requests.pending;
  const isOpen = requests.view.kind !== 'none' && requests.view.accountId === accountId;
  return { ...requests, pending, view: isOpen ? { kind: 'none' } : requests.view };
}

function settle(
  requests: Requests,
  { accountId, challenge }: Asked,
  { outcome, code }: AnswerResult,
  reply?: Reply,
): Requests {
  // What was not sent may be tried again as long as the time is not over.
  const isOver = outcome !== 'not_sent';
  return {
    ...requests,
    settled: isOver ? [...requests.settled, challenge.id].slice(-maxSettled) : requests.settled,
    view: { kind: 'outcome', accountId, challenge, outcome, reply, code },
  };
}

/** Brings the oldest request to the screen, unless one is there that still needs the person. */
function advance(requests: Requests, now: number): Requests {
  const { view } = requests;
  const isTaken =
    view.kind === 'asking' ||
    view.kind === 'sending' ||
    (view.kind === 'outcome' && view.outcome === 'not_sent');
  if (isTaken) return requests;
  const [first] = waiting(requests, now);
  return first ? { ...requests, view: { kind: 'asking', ...first } } : requests;
}

/** Requests that can still be answered, oldest first. */
export function waiting({ pending, settled }: Requests, now: number): readonly Asked[] {
  return Object.entries(pending)
    .flatMap(([accountId, challenges]) => challenges.map((challenge) => ({ accountId, challenge })))
    .filter(({ challenge }) => !settled.includes(challenge.id) && challenge.content.expires_at > now)
    .toSorted((a, b) => a.challenge.content.created_at - b.challenge.content.created_at);
}
