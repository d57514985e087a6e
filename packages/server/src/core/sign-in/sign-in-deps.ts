// What signing in to the console needs, and how somebody is refused: one answer for every cause, the reason only in the audit trail.
import { toDisplayable } from '@countersign/contract/text.ts';
import {
  createDirectoryTries,
  type DirectoryTries,
} from '#core/administrator-directory/check-directory-password.ts';
import type { NoMember } from '#core/administrator-directory/confirm-member.ts';
import type { PasswordChecks } from '#core/administrators/administrator.ts';
import type { Visitor } from '#core/administrators/session.ts';
import type { PasskeySite } from '#core/administrators/webauthn.ts';
import { type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import { createLoginFailures, type LoginFailures } from '#core/throttles/login-failures.ts';
import type { RefusalTimes } from '#core/throttles/refusal-times.ts';
import { createThrottle, type Throttle } from '#core/throttles/throttles.ts';
import type { Directory } from '#core/user-sources/directory.ts';
import type { Db } from '#db/db.ts';
import type { Clock } from '#platform/clock.ts';
import { Problem } from '#platform/problem.ts';
import type { SettingsDeps } from '#platform/settings.ts';

export interface SignInThrottles {
  /** Wrong passwords; asked before one is checked. */
  readonly failures: LoginFailures;
  /**
   * How many refusals are written down, for each administrator and for all others together: whoever tries again and again must neither fill
   * the disk nor hide what is tried on somebody else.
   */
  readonly recorded: Throttle;
  /** Passwords that the directory said no to. */
  readonly directoryTries: DirectoryTries;
}

export interface SignInDeps extends AuditDeps, SettingsDeps {
  readonly db: Db;
  readonly passwords: PasswordChecks;
  readonly site: PasskeySite;
  readonly signInThrottles: SignInThrottles;
  /** Asked for administrators whom it lets in. */
  readonly directory: Directory;
  /** Where a directory is asked, a refusal takes so long at least: as long as the directory needed of late. */
  readonly refusalTimes: RefusalTimes;
}

/** An administrator's password is worth more guesses than a user's, and there are few administrators: narrower limits than logins have. */
const failureLimits = {
  source: { burst: 10, perMinute: 10 },
  userAtSource: { burst: 5, perMinute: 2 },
  user: { burst: 10, perMinute: 2 },
} as const;

/** Fresh ones: nobody has used up anything yet. */
export const createSignInThrottles = (clock: Clock): SignInThrottles => ({
  failures: createLoginFailures(clock, failureLimits),
  recorded: createThrottle(clock, { burst: 60, perMinute: 60 }),
  directoryTries: createDirectoryTries(clock),
});

export type SignInRefusal =
  | 'unknown_administrator'
  | 'no_password'
  | 'wrong_password'
  | 'too_many_failures'
  | 'passkey_not_accepted'
  | 'second_factor_missing'
  | 'phone_not_askable'
  | 'phone_denied'
  | 'session_ended'
  | NoMember['reason'];

export interface Refused {
  readonly reason: SignInRefusal;
  readonly visitor: Visitor;
  /** As typed, when somebody has it: in the wrong field people type their password. */
  readonly username?: string | undefined;
  readonly administratorId?: string | undefined;
  /** More about the reason, such as why the phone could not be asked. */
  readonly cause?: string | undefined;
}

/** Writes the reason down and gives the one answer there is. @throws Problem sign_in_refused, always */
export async function refuseSignIn(deps: SignInDeps, refused: Refused): Promise<never> {
  const { reason, visitor, username, administratorId, cause } = refused;
  if (deps.signInThrottles.recorded.take(administratorId ?? 'nobody').allowed)
    await deps.db.write((tx) =>
      recordAudit(tx, deps, {
        event: 'session.refused',
        // Nobody has proved to be the administrator.
        actor: { kind: 'system' },
        subjectId: administratorId ?? null,
        data: {
          reason,
          ...(cause === undefined ? {} : { cause: toDisplayable(cause, 300) }),
          ...(username === undefined ? {} : { username: toDisplayable(username, 80) }),
          address: toDisplayable(visitor.address, 64),
        },
      }),
    );
  throw new Problem('sign_in_refused');
}
