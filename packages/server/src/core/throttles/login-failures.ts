// Who guesses passwords is slowed down without keeping the user out: failures are counted for the source, for the user at that source,
// and for the user from sources where that user never came in. A stranger's failures never count at the user's own places (the idea of
// device cookies: OWASP, Blocking Brute Force Attacks).
import type { RefusalReasonCode } from '@countersign/contract/refusal-reasons.ts';
import type { Clock } from '#platform/clock.ts';
import type { FailureSettings } from '#platform/failure-settings.ts';
import { createFailureCount } from './failure-count.ts';
import { createKnownSources } from './known-sources.ts';
import { sourceKey } from './source-key.ts';
import type { Limit } from './throttles.ts';

/** By what a guess is counted; made once for a login, which asks and tells several times. */
export interface Guess {
  /** Names one user of one application. */
  readonly user: string;
  readonly source: string | null;
  readonly userAtSource: string;
}

/**
 * @param source where the login comes from, null when the door does not tell.
 * @param door stands for a source that is not known; everybody else comes through there too, so it is no source of its own.
 */
export function guessOf(user: string, source: string | null, door: string): Guess {
  const from = source === null ? null : sourceKey(source);
  // With its length in front, so that no two pairs have the same text.
  return { user, source: from, userAtSource: `${user.length} ${user}${from ?? door}` };
}

export interface FailureLimits {
  readonly source: Limit;
  readonly userAtSource: Limit;
  /** From all sources together that are new for the user. */
  readonly user: Limit;
}

export type FailureLimit = 'failures_source' | 'failures_user_at_source' | 'failures_user';

export interface LoginFailures {
  /** The limit that keeps this login from being tried, or undefined. @param alike another name by which the user may be at home there */
  exceeded(guess: Guess, alike?: Guess): FailureLimit | undefined;
  /** @param meant the user whose name it is, where another spelling was typed: counted for both, for the source once */
  failed(guess: Guess, meant?: Guess): void;
  /** The user came in from there. */
  passed(guess: Guess): void;
}

const guesses: ReadonlySet<RefusalReasonCode> = new Set([
  'wrong_password',
  'source_refused',
  'first_factor_refused',
  'unknown_user',
  'no_password',
]);

/** Whether this is told to somebody who guesses. A home server that is away, or a method that is not supported, is nobody's guess. */
export const isGuess = (reason: RefusalReasonCode): boolean => guesses.has(reason);

/** From the settings: what each limit lets through at once, and in the long run. */
export function failureLimits(settings: FailureSettings): FailureLimits {
  const limit = (perMinute: number, burst: number): Limit => ({ burst: Math.ceil(burst), perMinute });
  const { failuresPerSource, failuresPerUserAtSource, failuresPerUser } = settings;
  return {
    source: limit(failuresPerSource, Math.max(10, failuresPerSource / 3)),
    userAtSource: limit(failuresPerUserAtSource, Math.max(5, failuresPerUserAtSource / 2)),
    user: limit(failuresPerUser, Math.max(5, failuresPerUser / 3)),
  };
}

export function createLoginFailures(clock: Clock, limits: FailureLimits): LoginFailures {
  const bySource = createFailureCount(clock, limits.source);
  const byUserAtSource = createFailureCount(clock, limits.userAtSource);
  const byUser = createFailureCount(clock, limits.user);
  const known = createKnownSources(clock);
  return {
    exceeded({ source, userAtSource, user }, alike) {
      if (source !== null && !bySource.allows(source)) return 'failures_source';
      if (!byUserAtSource.allows(userAtSource)) return 'failures_user_at_source';
      if (byUser.allows(user) || known.isKnown(userAtSource)) return undefined;
      return alike && known.isKnown(alike.userAtSource) ? undefined : 'failures_user';
    },
    failed(guess, meant = guess) {
      if (guess.source !== null) bySource.failed(guess.source);
      const names = meant.user === guess.user ? [guess] : [guess, meant];
      for (const { userAtSource, user } of names) {
        byUserAtSource.failed(userAtSource);
        if (!known.isKnown(userAtSource)) byUser.failed(user);
      }
    },
    passed: ({ userAtSource }) => known.remember(userAtSource),
  };
}
