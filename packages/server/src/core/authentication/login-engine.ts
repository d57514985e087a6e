// The one seam between a door and what decides: this process with its database, or a server elsewhere that is asked.
import type { StopSignal } from '#platform/stop-signal.ts';
import type { Relayed } from './relay-login.ts';
import type { FirstFactorCheck } from './first-factor.ts';
import type { Login } from './login.ts';
import type { LoginTime } from './login-time.ts';
import type { Outcome } from './outcome.ts';
import type { AcceptedByServer } from './remote-outcome.ts';
import type { AcceptedUnreachable } from './unreachable-outcome.ts';

/** Each `accepted` is a proof that only its own file can make (ADR 0004, ADR 0009). */
export type DoorOutcome = Outcome | AcceptedByServer | AcceptedUnreachable;

/** Who is told of a login that waits for its person: one of the two, once. */
export interface Later {
  ended(outcome: DoorOutcome): void;
  failed(error: unknown): void;
}

/** `Later` is told how it ended. */
export interface ToldLater {
  readonly kind: 'told_later';
}

export interface Running {
  readonly signal: StopSignal;
  /** Told where the time goes, as far as the engine knows. */
  readonly time?: LoginTime | undefined;
  /** Whoever brings one need not wait, and need not keep in memory meanwhile what it waits with. An engine may do without. */
  readonly later?: Later | undefined;
}

/** Neither throws for what an attacker can cause; a broken dependency is an outcome. */
export interface LoginEngine {
  /** Runs a login to its end, or to a number that the door must show. */
  authenticate(
    login: Login,
    on: { readonly firstFactor: FirstFactorCheck } & Running,
  ): Promise<DoorOutcome | ToldLater>;
  /** Goes on with a login whose number was shown. */
  continueLogin(login: Login, on: { readonly state: Uint8Array } & Running): Promise<DoorOutcome | ToldLater>;
  /** Passes a login on to the home servers and brings their answer back, unrecorded, where the administrator wants nothing more. */
  relay(relayed: Relayed, signal: StopSignal): Promise<DoorOutcome>;
}
