// A code that is sent, by SMS or by e-mail. First in the list, the number or address says who it is; later, it must be that of the user who
// was found. Whatever it is, the device is told the same, and nothing is sent to one that is not the user's.
import { messageFailures } from '@countersign/contract/message-failures.ts';
import type { CodeRules, MessageLanguage } from '@countersign/contract/message-models.ts';
import type { OnboardingStepCode } from '@countersign/contract/onboarding-steps.ts';
import type { CodeChannel } from '#core/messages/channel.ts';
import {
  addressOfCode,
  type CodeFor,
  type CodeOwner,
  type CodeSent,
  typeCode,
} from '#core/messages/message-code.ts';
import type { SentMessage } from '#core/messages/message-queue.ts';
import { findUser } from '#core/users/find-user.ts';
import type { UserRow } from '#core/users/user.ts';
import type { Read } from '#db/db.ts';
import { type ProcessRow, stateOf } from '../process.ts';
import { changeProcess } from '../process-store.ts';
import { type ProcessStep, writeProcessSteps } from '../process-steps.ts';
import type { Given, RequirementDeps, StepResult } from './requirement-kind.ts';

export type CodeKind = 'sms' | 'email_code';

/** What the device is shown of a code that was sent. */
export interface ShownCode {
  readonly sent_to: string;
  readonly code_until: number;
  readonly resend_at: number | null;
}

type StepName =
  | 'wrong_address'
  | 'no_address'
  | 'nobody'
  | 'several'
  | 'differs'
  | 'asked'
  | 'user_limit'
  | 'not_allowed'
  | 'limit'
  | 'too_soon'
  | 'no_resends'
  | 'taken'
  | 'not_taken'
  | 'right'
  | 'wrong'
  | 'expired'
  | 'exhausted'
  | 'none';

export interface CodeWish extends CodeFor {
  readonly application: { readonly id: string; readonly name: string };
  readonly language: MessageLanguage;
  readonly ended: (sent: SentMessage) => Promise<void>;
}

/** How one kind differs from the other. */
export interface CodeWay<Rules extends CodeRules> {
  readonly kind: CodeKind;
  readonly channel: CodeChannel<Rules>;
  readonly steps: Readonly<Record<StepName, OnboardingStepCode>>;
  /** What the steps call it. */
  readonly detail: 'number' | 'address';
  /** In the one form in which it is kept; undefined when it is none. */
  read(typed: string): string | undefined;
  /** How much of it others may read. */
  mask(address: string): string;
  ofUser(user: UserRow): string;
  /** Users of the application that are enabled and have it. */
  whose(read: Read, applicationId: string, address: string): Promise<readonly Found[]>;
  send(deps: RequirementDeps, wish: CodeWish): Promise<CodeSent>;
}

interface Found {
  readonly id: string;
  readonly username: string;
}

type CodeGiven = Pick<Given<CodeKind>, 'process' | 'application' | 'input' | 'settings'>;

const ownerOf = ({ id }: ProcessRow): CodeOwner => ({ purpose: 'onboarding', id });
const refused = (...steps: readonly ProcessStep[]): StepResult => ({ kind: 'not_accepted', steps });

export const shownCode = (process: ProcessRow): ShownCode | undefined => stateOf<ShownCode>(process);

/** @param typed number or address, where one was given */
export async function meetByCode<Rules extends CodeRules>(
  deps: RequirementDeps,
  way: CodeWay<Rules>,
  given: CodeGiven,
  typed: string | undefined,
): Promise<StepResult> {
  const { process, input } = given;
  if (input.code !== undefined) return takeCode(deps, way, process, input.code);
  const address = await addressFor(deps, way, given.process, typed);
  if (typeof address !== 'string') return refused(address);
  const whose = await findWhose(deps, way, given, address);
  const sent = await way.send(deps, {
    owner: ownerOf(process),
    application: given.application,
    address,
    userId: whose.userId,
    language: given.settings.language,
    ended: (message) => tellSent(deps, way, process, message),
  });
  return toResult(way, sent, way.mask(address), whose);
}

/** What was given; else that of the code before, or of the user. */
async function addressFor<Rules extends CodeRules>(
  deps: RequirementDeps,
  way: CodeWay<Rules>,
  process: ProcessRow,
  typed: string | undefined,
): Promise<string | ProcessStep> {
  const { steps } = way;
  if (typed !== undefined) return way.read(typed) ?? { code: steps.wrong_address };
  const before = await addressOfCode(deps, way.channel, ownerOf(process));
  if (before !== undefined) return before;
  const user = process.user_id === null ? undefined : await findUser(deps.db.read, process.user_id);
  const address = user && way.read(way.ofUser(user));
  return address ?? { code: steps.no_address, details: { username: user?.username ?? '' } };
}

/** Whose it is; `userId` null: nobody's who counts, and why. */
interface Whose {
  readonly userId: string | null;
  readonly username: string;
  readonly step: ProcessStep;
}

async function findWhose<Rules extends CodeRules>(
  { db }: RequirementDeps,
  way: CodeWay<Rules>,
  { process, application }: CodeGiven,
  address: string,
): Promise<Whose> {
  const found = await way.whose(db.read, application.id, address);
  const shown = way.mask(address);
  const nobody = (step: 'nobody' | 'several' | 'differs', username = ''): Whose => ({
    userId: null,
    username,
    step: { code: way.steps[step], details: { [way.detail]: shown, username } },
  });
  const known = process.user_id;
  const [first, second] = known === null ? found : found.filter(({ id }) => id === known);
  if (!first) return known === null ? nobody('nobody') : nobody('differs', process.username);
  if (second) return nobody('several');
  const details = { [way.detail]: shown, username: first.username };
  return { userId: first.id, username: first.username, step: { code: way.steps.asked, details } };
}

function toResult(
  { steps, detail }: Pick<CodeWay<CodeRules>, 'steps' | 'detail'>,
  sent: CodeSent,
  shown: string,
  { userId, username, step }: Whose,
): StepResult {
  switch (sent.kind) {
    case 'sent': {
      const isOverLimit = userId !== null && !sent.sends;
      const told: ProcessStep = isOverLimit ? { code: steps.user_limit, details: { username } } : step;
      const state: ShownCode = {
        sent_to: shown,
        code_until: sent.expiresAt,
        resend_at: sent.resendsLeft > 0 ? sent.resendAt : null,
      };
      return { kind: 'stays', waitsFor: 'person', state, steps: [told] };
    }
    case 'limit':
      return refused({ code: steps.limit, details: { [detail]: shown, limit: sent.limit } });
    case 'not_allowed':
      return refused({ code: steps.not_allowed, details: { [detail]: shown } });
    case 'too_soon':
    case 'no_resends':
      return refused({ code: steps[sent.kind] });
  }
}

/** A transaction of its own: an attempt counts though what it was for is undone. */
async function takeCode<Rules extends CodeRules>(
  deps: RequirementDeps,
  { channel, steps }: CodeWay<Rules>,
  process: ProcessRow,
  code: string,
): Promise<StepResult> {
  const typed = await deps.db.write((tx) => typeCode(tx, deps, channel, ownerOf(process), code));
  if (typed.kind === 'right') return { kind: 'met', userId: typed.userId, steps: [{ code: steps.right }] };
  const details = typed.kind === 'wrong' ? { left: typed.attemptsLeft } : {};
  return refused({ code: steps[typed.kind], details });
}

/** For the administrator, among the steps; the process may have gone on meanwhile. */
async function tellSent<Rules extends CodeRules>(
  deps: RequirementDeps,
  { kind, steps }: CodeWay<Rules>,
  { id, position }: ProcessRow,
  { gateway, failure, detail }: SentMessage,
): Promise<void> {
  const step: ProcessStep =
    failure === null
      ? { code: steps.taken, details: { gateway } }
      : { code: steps.not_taken, details: { cause: `${messageFailures[failure]} ${detail}`.trim() } };
  const now = deps.clock.now();
  const lines = writeProcessSteps(now, kind, [step]);
  await deps.db.write((tx) => changeProcess(tx, { id, position }, { set: {}, steps: lines, now }));
}
