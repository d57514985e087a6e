// The second half of a login: waits until the row says how it ended. Costs memory only, and little: the bus wakes it, the row decides.
import { authRequestTopic } from '#core/approvals/topics.ts';
import type { AuditDeps } from '#core/audit/record-audit.ts';
import type { Db } from '#db/db.ts';
import type { Find } from '#db/row-statement.ts';
import type { Bus } from '#platform/bus.ts';
import { Unavailable } from '#platform/problem.ts';
import type { StopSignal } from '#platform/stop-signal.ts';
import { closeIfExpired } from './close-expired.ts';
import { type Accepted, type DecidedRow, outcomeOf, type Rejected, type WaitingForUser } from './outcome.ts';

export interface AwaitDeps extends AuditDeps {
  readonly db: Db;
  readonly bus: Bus;
}

/** Undefined: there is no such auth request. */
export type AwaitedOutcome = Accepted | Rejected | WaitingForUser | undefined;

/** What is awaited, and by whom; one of the two is called, once. */
export interface Awaited {
  readonly requestId: string;
  /** How long to wait at most, in milliseconds; then the outcome is `waiting`. */
  readonly within: number;
  /** Ends the wait; then the outcome is `waiting` as well. */
  readonly signal: StopSignal;
  /** Of this very login, for the door; what the row keeps when absent. */
  readonly doorData?: Uint8Array | null | undefined;
  readonly ended: (outcome: AwaitedOutcome) => void;
  /** Told of Unavailable when the database stayed broken until the end. */
  readonly failed: (error: unknown) => void;
}

/** The same for who waits right here. @throws Unavailable */
export function awaitOutcome(
  deps: AwaitDeps,
  requestId: string,
  wait: Pick<Awaited, 'within' | 'signal' | 'doorData'>,
): Promise<AwaitedOutcome> {
  return new Promise((ended, failed) => whenEnded(deps, { ...wait, requestId, ended, failed }));
}

/** Tells how an auth request ended. */
export function whenEnded(deps: AwaitDeps, awaited: Awaited): void {
  new Wait(deps, awaited).begin();
}

/** A broken database does not end the wait; it is asked again this much later, in milliseconds. */
const retryMs = 500;

/** One wait. Thousands lie in memory at once, so it is a record: an async function that waits would keep all that it ever had. */
class Wait {
  readonly #deps: AwaitDeps;
  readonly #awaited: Awaited;
  readonly #deadline: number;
  /** Epoch milliseconds, as the row said last. */
  #expiresAt = Number.POSITIVE_INFINITY;
  #isLooking = false;
  #isWoken = false;
  #timer: NodeJS.Timeout | undefined;
  #forget: (() => void) | undefined;
  readonly #wake: () => void = () => {
    this.#isWoken = true;
    if (!this.#isLooking) void this.#look();
  };

  constructor(deps: AwaitDeps, awaited: Awaited) {
    this.#deps = deps;
    this.#awaited = awaited;
    this.#deadline = deps.clock.monotonic() + awaited.within;
  }

  /** Listens before it looks, so that nothing is slept over. */
  begin(): void {
    const { requestId, signal } = this.#awaited;
    this.#forget = this.#deps.bus.listen(authRequestTopic(requestId), this.#wake);
    signal.addEventListener('abort', this.#wake);
    this.#wake();
  }

  /** Until nothing came while it looked; then sleeps. */
  async #look(): Promise<void> {
    this.#isLooking = true;
    clearTimeout(this.#timer);
    let next: Next = { sleepMs: 0 };
    while (this.#isWoken) {
      this.#isWoken = false;
      next = await this.#lookOnce();
      if ('tell' in next) return this.#end(next.tell);
    }
    this.#isLooking = false;
    this.#timer = setTimeout(this.#wake, next.sleepMs);
  }

  async #lookOnce(): Promise<Next> {
    const { clock } = this.#deps;
    const { requestId, signal, ended, failed } = this.#awaited;
    const isOver = (): boolean => this.#deadline - clock.monotonic() <= 0 || signal.aborted;
    try {
      if (this.#expiresAt <= clock.now()) await closeIfExpired(this.#deps, requestId);
      const outcome = await standingOf(this.#deps, this.#awaited);
      if (outcome?.kind !== 'waiting' || isOver()) return { tell: () => ended(outcome) };
      this.#expiresAt = outcome.expiresAt;
      const left = this.#deadline - clock.monotonic();
      return { sleepMs: Math.min(left, Math.max(0, outcome.expiresAt - clock.now()) + 1) };
    } catch (error) {
      return error instanceof Unavailable && !isOver() ? { sleepMs: retryMs } : { tell: () => failed(error) };
    }
  }

  #end(tell: () => void): void {
    this.#forget?.();
    this.#awaited.signal.removeEventListener('abort', this.#wake);
    tell();
  }
}

/** What comes of a look: the end, or sleep. */
type Next = { readonly sleepMs: number } | { readonly tell: () => void };

type StandingRow = DecidedRow & { readonly reply_attributes: string | null };

const standing: Find<{ id: string }, StandingRow> = {
  parameters: { id: 'text' },
  select: `auth_requests.id, auth_requests.status, auth_requests.reason, auth_requests.expires_at,
    auth_requests.reply_attributes, users.id as user_id, users.enabled as user_enabled,
    applications.enabled as application_enabled, case when applications.authorisation = 'open'
      or auth_requests.door = 'onboarding' then 1 else 0 end as authorises`,
  from: `auth_requests left join users on users.id = auth_requests.user_id
    left join applications on applications.id = auth_requests.application_id`,
  where: 'auth_requests.id = :id',
};

async function standingOf(deps: AwaitDeps, { requestId, doorData }: Awaited): Promise<AwaitedOutcome> {
  const row = await deps.db.find(standing, { id: requestId });
  if (!row) return undefined;
  const { id, reply_attributes: sealed } = row;
  const kept = () => (sealed === null ? null : deps.vault.open('door-data', id, sealed));
  return outcomeOf(row, () => (doorData === undefined ? kept() : doorData));
}
