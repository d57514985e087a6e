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
  /** `another`: it follows upon one that has just ended, and must not be taken for that. */
  | ({ readonly kind: 'asking'; readonly another: boolean } & Asked)
  | ({ readonly kind: 'sending'; readonly another: boolean; readonly reply: Reply } & Asked)
  | ({
      readonly kind: 'outcome';
      readonly outcome: OutcomeKind;
      readonly code?: string | undefined;
      /** Epoch milliseconds by the server's clock. */
      readonly endedAt: number;
    } & Asked);

type Outcome = Extract<View, { kind: 'outcome' }>;

export interface Requests {
  readonly pending: Readonly<Record<string, readonly Challenge[]>>;
  /** Challenges that nothing more is to be done about, though the server may still name them for a moment. */
  readonly settled: readonly string[];
  readonly view: View;
}

export const noRequests: Requests = { pending: {}, settled: [], view: { kind: 'none' } };

/** As many as the server may still name. */
const maxSettled = 100;

/** An outcome stays so long, unless it is dismissed: who has just approved must not approve somebody else's login by a second tap. */
const outcomeStaysMs = 3000;

/** The server was asked. @param now epoch milliseconds by the server's clock */
export function seen(
  requests: Requests,
  accountId: string,
  challenges: readonly Challenge[],
  now: number,
): Requests {
  const known = { ...requests, pending: { ...requests.pending, [accountId]: challenges } };
  const { view } = requests;
  const isGone =
    (view.kind === 'asking' || (view.kind === 'outcome' && isOpen(view, now))) &&
    view.accountId === accountId &&
    !challenges.some(({ id }) => id === view.challenge.id);
  if (!isGone) return advance(known, now);
  const isLate = now >= view.challenge.content.expires_at;
  return settle(known, view, { outcome: isLate ? 'expired' : 'decided_elsewhere' }, now);
}

/** Time went by: what has expired is over, also when the server cannot be asked. */
export function tick(requests: Requests, now: number): Requests {
  const { view } = requests;
  if (view.kind === 'asking' && now >= view.challenge.content.expires_at)
    return settle(requests, view, { outcome: 'expired' }, now);
  return advance(requests, now);
}

/** @param challengeId what was on the screen when the person pressed: an answer is to that, and to nothing that came since */
export function send(requests: Requests, challengeId: string, reply: Reply): Requests {
  const { view } = requests;
  if (view.kind === 'none' || view.challenge.id !== challengeId) return requests;
  if (view.kind !== 'asking') return requests;
  const { accountId, challenge, another } = view;
  return { ...requests, view: { kind: 'sending', another, accountId, challenge, reply } };
}

/** @param now epoch milliseconds by the server's clock, as everywhere here */
export function answered(requests: Requests, result: AnswerResult, now: number): Requests {
  const { view } = requests;
  return view.kind === 'sending' ? settle(requests, view, result, now) : requests;
}

/** After an answer that was not confirmed the question is put once more: the person may decide otherwise now. */
export function askAgain(requests: Requests, now: number): Requests {
  const { view } = requests;
  if (view.kind !== 'outcome' || !isOpen(view, now)) return requests;
  const { accountId, challenge } = view;
  return { ...requests, view: { kind: 'asking', another: false, accountId, challenge } };
}

/** Not confirmed, and there is time left. */
const isOpen = ({ outcome, challenge }: Outcome, now: number): boolean =>
  outcome === 'not_sent' && now < challenge.content.expires_at;

/** The person has read how it ended. */
export function dismiss(requests: Requests, now: number): Requests {
  if (requests.view.kind !== 'outcome') return requests;
  const settled = [...requests.settled, requests.view.challenge.id].slice(-maxSettled);
  return next({ ...requests, settled, view: { kind: 'none' } }, now, true);
}

/** An account is no longer here. */
export function forget(requests: Requests, accountId: string): Requests {
  const { [accountId]: _gone, ...pending } = requests.pending;
  const isShown = requests.view.kind !== 'none' && requests.view.accountId === accountId;
  return { ...requests, pending, view: isShown ? { kind: 'none' } : requests.view };
}

function settle(
  requests: Requests,
  { accountId, challenge }: Asked,
  { outcome, code }: AnswerResult,
  now: number,
): Requests {
  // What was not confirmed may be answered again as long as the time is not over.
  const isOver = outcome !== 'not_sent';
  return {
    ...requests,
    settled: isOver ? [...requests.settled, challenge.id].slice(-maxSettled) : requests.settled,
    view: { kind: 'outcome', accountId, challenge, outcome, code, endedAt: now },
  };
}

/** Brings the oldest request to the screen, unless one is there that still needs the person; how the last one ended leaves in time. */
function advance(requests: Requests, now: number): Requests {
  const { view } = requests;
  if (isTaken(view, now)) return requests;
  if (view.kind !== 'outcome') return next(requests, now, false);
  // What came only later, while nothing ran here, follows upon nothing that anybody still has in mind.
  const [first] = waiting(requests, now);
  if (first) return next(requests, now, first.challenge.content.created_at < view.endedAt + outcomeStaysMs);
  // What was not confirmed may have counted: it stays until it was read.
  return view.outcome === 'not_sent' ? requests : { ...requests, view: { kind: 'none' } };
}

function isTaken(view: View, now: number): boolean {
  if (view.kind !== 'outcome') return view.kind !== 'none';
  // The server's clock is corrected as one goes: a leap must not hold an outcome for ever.
  return isOpen(view, now) || Math.abs(now - view.endedAt) < outcomeStaysMs;
}

function next(requests: Requests, now: number, another: boolean): Requests {
  const [first] = waiting(requests, now);
  return first ? { ...requests, view: { kind: 'asking', another, ...first } } : requests;
}

/** Requests that can still be answered, oldest first. */
export function waiting({ pending, settled }: Requests, now: number): readonly Asked[] {
  return Object.entries(pending)
    .flatMap(([accountId, challenges]) => challenges.map((challenge) => ({ accountId, challenge })))
    .filter(({ challenge }) => !settled.includes(challenge.id) && challenge.content.expires_at > now)
    .toSorted((a, b) => a.challenge.content.created_at - b.challenge.content.created_at);
}
