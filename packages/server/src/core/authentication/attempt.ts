// What is told about one try to get in, collected while it is checked and written down when it is refused.
import { type RefusalReasonCode, refusalReasons } from '@countersign/contract/refusal-reasons.ts';
import { toDisplayable } from '@countersign/contract/text.ts';
import type { StepEntry } from '#core/approvals/steps-store.ts';
import type { AuditDeps } from '#core/audit/record-audit.ts';
import type { Throttle } from '#core/throttles/throttles.ts';
import type { UserRow } from '#core/users/user.ts';
import type { Db } from '#db/db.ts';
import type { Login } from './login.ts';
import { type Opened, recordRefusal, recordUnaskable } from './open-auth-request.ts';
import type { Rejected } from './outcome.ts';

export interface AttemptDeps extends AuditDeps {
  readonly db: Db;
  /** Counts every refusal, the ones that are not written down included. */
  readonly refused: (reason: RefusalReasonCode) => void;
  readonly throttles: {
    /** How many refusals that cost a sender nothing are written down, per application. */
    readonly recorded: Throttle;
  };
}

/** A refusal; or, where the door passes on what it is told, a request that looks open and that nobody will answer. */
export type Refused = Rejected | ({ readonly kind: 'asked' } & Opened);

export type Attempt = ReturnType<typeof startAttempt>;

/** Collects what is told about the attempt, and writes it down when it is refused. */
export function startAttempt(deps: AttemptDeps, login: Login) {
  const username = toDisplayable(login.username, 80);
  const trail: StepEntry[] = [
    {
      code: 'received',
      details: {
        client: toDisplayable(login.clientName, 80),
        username,
        address: login.clientAddress ?? 'an unknown address',
      },
    },
  ];
  let userId: string | null = null;

  const refuse = async (reason: RefusalReasonCode, doorData?: Uint8Array): Promise<Refused> => {
    deps.refused(reason);
    const said = trail.length > 1 && endings.has(reason);
    if (!said) trail.push({ code: 'refused', details: { sentence: refusalReasons[reason].sentence } });
    if (login.masked && !aboutTheServer.has(reason)) {
      const opened = await deps.db.write((tx) => recordUnaskable(tx, deps, { login, userId, trail, reason }));
      return { kind: 'asked', ...opened };
    }
    const requestId = await deps.db.write((tx) => recordRefusal(tx, deps, { login, userId, trail, reason }));
    return { kind: 'rejected', requestId, reason, ...(doorData && { doorData }) };
  };
  return {
    trail,
    refuse,
    note(step: StepEntry | null): void {
      if (step) trail.push(step);
    },
    met(user: UserRow | undefined): void {
      userId = user?.id ?? null;
      trail.push({ code: user ? 'user_found' : 'user_not_found', details: { username } });
    },
    /** For refusals that cost a sender nothing: writing each one down would let a flood fill the disk. */
    async refuseCheaply(reason: RefusalReasonCode): Promise<Refused> {
      if (deps.throttles.recorded.take(login.applicationId).allowed) return refuse(reason);
      deps.refused(reason);
      return { kind: 'rejected', requestId: null, reason };
    },
  };
}

/** Reasons that the step before has already told. */
const endings: ReadonlySet<RefusalReasonCode> = new Set([
  'throttled',
  'wrong_password',
  'first_factor_refused',
  'unknown_user',
]);

/** Reasons that tell nothing about users, so that nobody needs to be kept waiting. */
const aboutTheServer: ReadonlySet<RefusalReasonCode> = new Set(['throttled', 'shutting_down']);
