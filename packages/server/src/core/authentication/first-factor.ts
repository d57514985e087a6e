// The one seam through which a password of any kind reaches the engine: the door brings a check, the engine says when it runs.
import type { RefusalReasonCode } from '@countersign/contract/refusal-reasons.ts';
import type { StepEntry } from '#core/audit/steps.ts';
import type { Passwords } from '#core/users/passwords.ts';
import type { StopSignal } from '#platform/stop-signal.ts';

/** A user as the application knows it. */
export interface MeantUser {
  readonly id: string;
  readonly username: string;
}

export type FirstFactorResult =
  /** `doorData` comes back to the door with the acceptance. */
  | {
      readonly kind: 'verified';
      /** What came before the step. */
      readonly before?: readonly StepEntry[];
      readonly step: StepEntry;
      readonly doorData: Uint8Array | null;
      /** What is known of the user was changed by what the source said: look again before anything is decided. */
      readonly renewed?: boolean;
      /** By which name guesses at this password count besides the typed one; absent: as `meant` is called. */
      readonly guessedAs?: string;
      /** Who was meant, where nobody here has the name that was typed. */
      readonly meant?: MeantUser;
      /** Where refusals are kept back: waits until they may be told, for a login that is refused after all. */
      readonly keepBack?: () => Promise<void>;
    }
  | {
      readonly kind: 'refused';
      readonly reason: RefusalReasonCode;
      /** What came before the step. */
      readonly before?: readonly StepEntry[];
      readonly step: StepEntry | null;
      /** It was one, though the reason does not say so. */
      readonly isGuess?: true;
      /** As above: whose password was tried. */
      readonly meant?: MeantUser;
      /** As above. */
      readonly guessedAs?: string;
      /** As above, for this very refusal. */
      readonly keepBack?: () => Promise<void>;
      /** Goes to the door with the refusal. */
      readonly doorData?: Uint8Array;
    }
  | { readonly kind: 'asks'; readonly doorData: Uint8Array };

/**
 * Checks the first factor. `user` is undefined when the application has no such user; the check must then take as long as ever.
 * Implemented by connectors (home servers) and by `checkPassword`.
 */
export type FirstFactorCheck = (
  user: { readonly id: string; readonly passwordHash: string | null } | undefined,
  signal: StopSignal,
) => Promise<FirstFactorResult>;

/** Checks a password against the application's own users. @param asker through whom it came, who waits in turn with the others */
export function checkOwnPassword(passwords: Passwords, password: string, asker?: string): FirstFactorCheck {
  return async (user) => {
    const verdict = await passwords.verify(user?.passwordHash ?? null, password, asker);
    if (verdict === 'overloaded')
      return {
        kind: 'refused',
        reason: 'throttled',
        step: { code: 'throttled', details: { limit: 'password checks at once' } },
      };
    if (!user) return { kind: 'refused', reason: 'unknown_user', step: null };
    if (user.passwordHash === null) return { kind: 'refused', reason: 'no_password', step: null };
    if (verdict === 'wrong')
      return { kind: 'refused', reason: 'wrong_password', step: { code: 'password_wrong' } };
    return { kind: 'verified', step: { code: 'password_correct' }, doorData: null };
  };
}
