// What is told about one try to get in, collected while it is checked and written down when it is refused.
import { type RefusalReasonCode, refusalReasons } from '@countersign/contract/refusal-reasons.ts';
import { toDisplayable } from '@countersign/contract/text.ts';
import type { StepEntry } from '#core/audit/steps.ts';
import type { Throttle } from '#core/throttles/throttles.ts';
import type { Login } from './login.ts';
import { type JoinDeps, joinSameLogin } from './join-auth-request.ts';
import type { Opened } from './open-auth-request.ts';
import type { Rejected } from './outcome.ts';
import { recordRefusal, recordUnaskable } from './record-refusal.ts';

export interface AttemptDeps extends JoinDeps {
  /** Counts every refusal, the ones that are not written down included. */
  readonly refused: (reason: RefusalReasonCode) => void;
  readonly throttles: {
    /** How many refusals that cost a sender nothing are written down, per application. */
    readonly recorded: Throttle;
  };
}

/** A refusal; or, where the door passes on what it is told, a request that looks open and that nobody will answer. */
export type Refused = Rejected | ({ readonly kind: 'asked'; readonly doorData: null } & Opened);

export type Attempt = ReturnType<typeof startAttempt>;

/** How long a request that cannot be asked looks open when not even the application is known. */
const fallbackSeconds = 60;

/** What stood in the way of pretending may be gone in the next moment; not again and again. */
const maxPretences = 3;

/** Collects what is told about the attempt, and writes it down when it is refused. */
export function startAttempt(deps: AttemptDeps, login: Login) {
  const username = toDisplayable(login.username, 80);
  const address =
    login.clientAddress === null ? 'an unknown address' : toDisplayable(login.clientAddress, 64);
  const trail: StepEntry[] = [
    {
      code: 'received',
      details: {
        client: toDisplayable(login.clientName, 80),
        username,
        address,
      },
    },
  ];
  let userId: string | null = null;
  let seconds = fallbackSeconds;

  const pretend = async (reason: RefusalReasonCode): Promise<Refused> => {
    const refused = { login, userId, trail, reason, seconds: login.seconds ?? seconds };
    for (let left = maxPretences; left > 0; left -= 1) {
      // Looks before it writes, as where a user could be asked: a copy takes as long.
      const same = await joinSameLogin(deps, login);
      if (same.kind === 'joined') return { kind: 'asked', ...same.opened, doorData: null };
      // As it is said of a packet whose user could be asked: no difference may show.
      if (same.kind === 'replayed') return { kind: 'rejected', requestId: null, reason: 'replayed' };
      const opened = await recordUnaskable(deps, refused);
      if (opened) return { kind: 'asked', ...opened, doorData: null };
    }
    return { kind: 'rejected', requestId: null, reason: 'throttled' };
  };

  const refuse = async (reason: RefusalReasonCode, doorData?: Uint8Array): Promise<Refused> => {
    deps.refused(reason);
    const said = trail.length > 1 && endings.has(reason);
    if (!said) trail.push({ code: 'refused', details: { sentence: refusalReasons[reason].sentence } });
    if (login.masked && !tellable.has(reason)) return pretend(reason);
    // Nothing is written down, as there is nothing for a user whom nobody knows: neither time nor the trail's growth may tell.
    if (login.masked && reason === 'replayed') return { kind: 'rejected', requestId: null, reason };
    const rejected = { kind: 'rejected', reason, ...(doorData && { doorData }) } as const;
    // What costs a sender nothing is written down only so often, lest a flood fill the disk. Failures of a known user are
    // bounded by the limits of failures, and what comes after the first factor by the user's own throttle.
    const isCheap = userId === null || aboutTheServer.has(reason);
    if (isCheap && !deps.throttles.recorded.take(login.applicationId).allowed)
      return { ...rejected, requestId: null };
    const requestId = await recordRefusal(deps, { login, userId, trail, reason });
    return { ...rejected, requestId };
  };
  return {
    trail,
    refuse,
    note(step: StepEntry | null): void {
      if (step) trail.push(step);
    },
    noteOnce(step: StepEntry): void {
      if (!trail.some(({ code }) => code === step.code)) trail.push(step);
    },
    /** @param name what the user is called here, where another name was typed */
    met(user: { readonly id: string } | undefined, name = username): void {
      userId = user?.id ?? null;
      trail.push({ code: user ? 'user_found' : 'user_not_found', details: { username: name } });
    },
    into(application: { readonly requestSeconds: number }): void {
      seconds = application.requestSeconds;
    },
  };
}

/** Reasons that the step before has already told. */
const endings: ReadonlySet<RefusalReasonCode> = new Set([
  'throttled',
  'wrong_password',
  'source_refused',
  'source_unavailable',
  'first_factor_refused',
  'unknown_user',
]);

/** Reasons that have nothing to do with the user. */
const aboutTheServer: ReadonlySet<RefusalReasonCode> = new Set(['throttled', 'shutting_down']);

/** Reasons that tell nothing about users, so that nobody needs to be kept waiting. */
const tellable: ReadonlySet<RefusalReasonCode> = new Set([
  ...aboutTheServer,
  'replayed',
  'authorisation_closed',
]);
