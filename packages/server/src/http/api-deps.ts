// What the use cases behind the API need of the outside, and the small things all handlers do with a caller and a page.
import { roles } from '@countersign/contract/roles.ts';
import type { Grantor } from '#core/permissions/grantor.ts';
import type { AnswerDeps } from '#core/approvals/answer-challenge.ts';
import type { Authorities } from '#core/certificates/authority.ts';
import type { Actor } from '#core/audit/record-audit.ts';
import type { LoginDeps } from '#core/authentication/begin-login.ts';
import type { OverviewMemory } from '#core/overview/open-overview.ts';
import type { OwnPushDeps } from '#core/push-subscriptions/own-push-subscription.ts';
import type { OnboardDeps } from '#core/onboarding/bind-device.ts';
import type { TakeStepDeps } from '#core/onboarding/take-step.ts';
import type { PlayLogin } from '#core/radius-clients/test-login.ts';
import type { ChangeSettingDeps } from '#core/settings/change-setting.ts';
import type { TestMailDeps } from '#core/mail/test-mail.ts';
import type { TestSmsDeps } from '#core/sms/test-sms.ts';
import type { UserImports } from '#core/user-files/user-imports.ts';
import type { Passwords } from '#core/users/passwords.ts';
import type { SignInDeps } from '#core/sign-in/sign-in-deps.ts';
import type { SyncRunner } from '#core/user-sources/start-sync.ts';
import type { Directory } from '#core/user-sources/directory.ts';
import type { Silences } from '#core/user-sources/silences.ts';
import { Problem } from '#platform/problem.ts';
import type { AdministeringCaller } from './callers.ts';

export type ApiDeps = LoginDeps &
  AnswerDeps &
  OnboardDeps &
  Pick<TakeStepDeps, 'sources' | 'texts' | 'mails' | 'openid' | 'onboardingThrottles' | 'refusalTimes'> &
  OwnPushDeps &
  ChangeSettingDeps &
  TestSmsDeps &
  TestMailDeps &
  Pick<SignInDeps, 'site' | 'signInThrottles'> & {
    readonly authorities: Authorities;
    readonly passwords: Passwords;
    readonly publicUrl: string;
    readonly playLogin: PlayLogin;
    readonly directory: Directory;
    readonly silences: Silences;
    readonly syncs: SyncRunner;
    readonly overview: OverviewMemory;
    readonly userImports: UserImports;
  };

/** What is opened for the API alone: what it asks out there, and what it remembers. */
export type OutsideDeps = Pick<
  ApiDeps,
  'push' | 'overview' | 'userImports' | 'playLogin' | 'openid' | 'scep'
>;

/** Whom the audit names. */
export const actorOf = ({ kind, id }: AdministeringCaller): Actor => ({ kind, id });

/** What the caller may hand on to others. */
export const grantorOf = (caller: AdministeringCaller): Grantor => {
  if (caller.kind === 'api_client') return caller;
  if (caller.role === 'owner') return 'everything';
  return { scopes: roles[caller.role].changes, applicationId: null };
};

/** For routes of which only some calls hand out power; the others declare `stepUp`. @throws Problem step_up_required */
export function requireFreshProof(caller: AdministeringCaller): void {
  if (caller.kind === 'administrator' && !caller.isVerified) throw new Problem('step_up_required');
}

/** A page as the API shows it. */
export const toPageBody = <T>({
  items,
  nextCursor,
}: {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}): { items: T[]; next_cursor: string | null } => ({ items: [...items], next_cursor: nextCursor });
