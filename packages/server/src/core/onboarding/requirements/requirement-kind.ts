// What a kind of requirement is: one file here gives each its behaviour, one line in kinds.ts enters it.
import type { ProcessAsk, StepInput } from '@countersign/contract/onboarding-device-models.ts';
import type { OnboardingEnding } from '@countersign/contract/onboarding-steps.ts';
import type { RequirementKindName } from '@countersign/contract/requirement-kinds.ts';
import type { Requirement } from '@countersign/contract/requirements.ts';
import type { LoginDeps } from '#core/authentication/begin-login.ts';
import type { MailQueue } from '#core/mail/send-mail-code.ts';
import type { OpenidClient } from '#core/openid-providers/openid-client.ts';
import type { TextQueue } from '#core/sms/send-sms-code.ts';
import type { Throttle } from '#core/throttles/throttles.ts';
import type { UserSources } from '#core/user-sources/user-sources.ts';
import type { Passwords } from '#core/users/passwords.ts';
import type { Tx } from '#db/db.ts';
import type { StopSignal } from '#platform/stop-signal.ts';
import type { RequiringApplication } from '../application-requirements.ts';
import type { ProcessRow } from '../process.ts';
import type { ProcessStep } from '../process-steps.ts';

/** How often devices may try; in memory, per node. What a process itself may cost stands in its row. */
export interface OnboardingThrottles {
  /** Processes begun, per source address, and per application. */
  readonly begunBySource: Throttle;
  readonly begunByApplication: Throttle;
  /** Things given, per process, per source address, and per application. */
  readonly process: Throttle;
  readonly source: Throttle;
  readonly application: Throttle;
}

export interface RequirementDeps extends LoginDeps {
  readonly passwords: Passwords;
  readonly sources: UserSources;
  readonly texts: TextQueue;
  readonly mails: MailQueue;
  readonly openid: OpenidClient;
  readonly publicUrl: string;
  readonly onboardingThrottles: OnboardingThrottles;
}

/** What a device gave, and to what. */
export interface Given<Kind extends RequirementKindName> {
  readonly process: ProcessRow;
  readonly application: RequiringApplication;
  readonly input: Extract<StepInput, { kind: Kind }>;
  readonly settings: Extract<Requirement, { kind: Kind }>['settings'];
  /** From where the call comes. */
  readonly address: string;
  readonly signal: AbortSignal;
}

/** What came of it. `steps` tell the administrator, in order; the device learns only what the kind's `shows` says. */
export type StepResult =
  | {
      readonly kind: 'met';
      readonly steps: readonly ProcessStep[];
      /** Who it is, from a kind that says so. */
      readonly userId?: string;
      /** An administrator or an older device of the user stood up for this very device. */
      readonly vouched?: boolean;
      /** Done in the same transaction as the process moves; both or neither are kept. */
      readonly along?: (tx: Tx) => Promise<Along>;
      /** Told afterwards whether it was accepted in the end; not told where the process stood elsewhere by then. */
      readonly settled?: (isAccepted: boolean) => void;
    }
  /** Not accepted; the next try is welcome while there are some left. */
  | { readonly kind: 'not_accepted'; readonly steps: readonly ProcessStep[] }
  /** Not accepted, and that is final. */
  | {
      readonly kind: 'ends';
      readonly ending: OnboardingEnding;
      readonly steps: readonly ProcessStep[];
      /** What an administrator wrote. */
      readonly refusal?: string;
    }
  /** It stays where it is, for the device to give more or for somebody else to decide. */
  | {
      readonly kind: 'stays';
      readonly steps: readonly ProcessStep[];
      readonly waitsFor: 'person' | 'administrator' | 'existing_device';
      /** What the kind keeps meanwhile; becomes JSON. Secrets sealed or hashed. */
      readonly state: object;
      /** As the person gave it. */
      readonly username?: string;
    };

/** What was done along: who it is where only that tells. Not accepted: what was written is undone. */
export interface Along {
  readonly accepted: boolean;
  readonly userId?: string;
  readonly steps: readonly ProcessStep[];
}

/** Part of `ProcessAsk` that a kind adds to what all have. */
export type Shown<Kind extends RequirementKindName> = Omit<
  Extract<ProcessAsk, { kind: Kind }>,
  'kind' | 'state' | 'tries_left' | 'alternatives'
>;

/** The part of the dependencies that a view needs. */
export type ShowDeps = Pick<RequirementDeps, 'vault' | 'clock' | 'db'>;

export interface RequirementModule<Kind extends RequirementKindName> {
  readonly kind: Kind;
  /** Kinds that may be given in its place. */
  readonly alternatives?: readonly RequirementKindName[];
  /** @throws Unavailable; nothing is counted against the person then but the try */
  meet(deps: RequirementDeps, given: Given<Kind>): Promise<StepResult>;
  /** What the device must show while this kind is next. */
  shows(deps: ShowDeps, process: ProcessRow): Shown<Kind> | Promise<Shown<Kind>>;
  /** Looks whether what the process waits for has happened elsewhere; undefined while it has not. */
  settle?(deps: RequirementDeps, process: ProcessRow, signal: StopSignal): Promise<StepResult | undefined>;
}
