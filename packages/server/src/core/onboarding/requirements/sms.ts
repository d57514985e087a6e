// A code by SMS. First in the list, the number says who it is; later, it must be the number of the user who was found. Whatever the number
// is, the device is told the same, and nothing is sent to a number that is not the user's.
import { smsFailures } from '@countersign/contract/sms-models.ts';
import type { SentText } from '#core/sms/send-text.ts';
import { maskNumber, readNumber } from '#core/sms/phone-number.ts';
import { type CodeOwner, type CodeSent, numberOfCode, sendSmsCode, typeSmsCode } from '#core/sms/sms-code.ts';
import { findUser } from '#core/users/find-user.ts';
import { type ProcessRow, stateOf } from '../process.ts';
import { changeProcess } from '../process-store.ts';
import { type ProcessStep, writeProcessSteps } from '../process-steps.ts';
import type { Given, RequirementDeps, RequirementModule, StepResult } from './requirement-kind.ts';

interface Sent {
  readonly sent_to: string;
  readonly code_until: number;
  readonly resend_at: number | null;
}

const ownerOf = ({ id }: ProcessRow): CodeOwner => ({ purpose: 'onboarding', id });
const refused = (...steps: readonly ProcessStep[]): StepResult => ({ kind: 'not_accepted', steps });

async function meet(deps: RequirementDeps, given: Given<'sms'>): Promise<StepResult> {
  const { process, input } = given;
  if (input.code !== undefined) return typeCode(deps, process, input.code);
  const number = await numberFor(deps, given);
  if (typeof number !== 'string') return refused(number);
  const whose = await findWhose(deps, given, number);
  const sent = await sendSmsCode(deps, {
    owner: ownerOf(process),
    application: given.application,
    number,
    userId: whose.userId,
    language: given.settings.language,
    ended: (text) => tellSent(deps, process, text),
  });
  return toResult(sent, maskNumber(number), whose);
}

/** The number that was given; else that of the code before, or of the user. */
async function numberFor(deps: RequirementDeps, given: Given<'sms'>): Promise<string | ProcessStep> {
  const { process, input } = given;
  if (input.number !== undefined) return readNumber(input.number) ?? { code: 'sms_number_wrong' };
  const before = await numberOfCode(deps, ownerOf(process));
  if (before !== undefined) return before;
  const user = process.user_id === null ? undefined : await findUser(deps.db.read, process.user_id);
  const number = readNumber(user?.phone ?? '');
  return number ?? { code: 'sms_number_missing', details: { username: user?.username ?? '' } };
}

/** Whose number it is; `userId` null: nobody's who counts, and why. */
interface Whose {
  readonly userId: string | null;
  readonly username: string;
  readonly step: ProcessStep;
}

async function findWhose(
  { db }: RequirementDeps,
  { process, application }: Given<'sms'>,
  number: string,
): Promise<Whose> {
  const found = await db.read
    .selectFrom('users')
    .select(['id', 'username'])
    .where('application_id', '=', application.id)
    .where('phone', '=', number)
    .where('enabled', '=', 1)
    .limit(200)
    .execute();
  const shown = maskNumber(number);
  const nobody = (code: 'sms_nobody' | 'sms_several' | 'sms_number_differs', username = ''): Whose => ({
    userId: null,
    username,
    step: { code, details: { number: shown, username } },
  });
  const known = process.user_id;
  const [first, second] = known === null ? found : found.filter(({ id }) => id === known);
  if (!first) return known === null ? nobody('sms_nobody') : nobody('sms_number_differs', process.username);
  if (second) return nobody('sms_several');
  const details = { number: shown, username: first.username };
  return { userId: first.id, username: first.username, step: { code: 'sms_code_asked', details } };
}

function toResult(sent: CodeSent, number: string, { userId, username, step }: Whose): StepResult {
  switch (sent.kind) {
    case 'sent': {
      const isOverLimit = userId !== null && !sent.sends;
      const told: ProcessStep = isOverLimit ? { code: 'sms_user_limit', details: { username } } : step;
      const state: Sent = {
        sent_to: number,
        code_until: sent.expiresAt,
        resend_at: sent.resendsLeft > 0 ? sent.resendAt : null,
      };
      return { kind: 'stays', waitsFor: 'person', state, steps: [told] };
    }
    case 'not_allowed':
      return refused({ code: 'sms_not_allowed', details: { number } });
    case 'limit':
      return refused({ code: 'sms_limit', details: { number, limit: sent.limit } });
    case 'too_soon':
      return refused({ code: 'sms_too_soon' });
    case 'no_resends':
      return refused({ code: 'sms_no_resends' });
  }
}

/** A transaction of its own: an attempt counts though what it was for is undone. */
async function typeCode(deps: RequirementDeps, process: ProcessRow, code: string): Promise<StepResult> {
  const typed = await deps.db.write((tx) => typeSmsCode(tx, deps, ownerOf(process), code));
  switch (typed.kind) {
    case 'right':
      return { kind: 'met', userId: typed.userId, steps: [{ code: 'sms_code_right' }] };
    case 'wrong':
      return refused({ code: 'sms_code_wrong', details: { left: typed.attemptsLeft } });
    case 'expired':
      return refused({ code: 'sms_code_expired' });
    case 'exhausted':
      return refused({ code: 'sms_code_exhausted' });
    case 'none':
      return refused({ code: 'sms_code_none' });
  }
}

/** For the administrator, among the steps; the process may have gone on meanwhile. */
async function tellSent(deps: RequirementDeps, { id, position }: ProcessRow, sent: SentText): Promise<void> {
  const step: ProcessStep =
    sent.failure === null
      ? { code: 'sms_taken', details: { gateway: sent.gateway } }
      : {
          code: 'sms_not_taken',
          details: { cause: `${smsFailures[sent.failure]} ${sent.detail}`.trim() },
        };
  const now = deps.clock.now();
  const steps = writeProcessSteps(now, 'sms', [step]);
  await deps.db.write((tx) => changeProcess(tx, { id, position }, { set: {}, steps, now }));
}

export const sms: RequirementModule<'sms'> = {
  kind: 'sms',
  meet,
  shows(_, process) {
    const { sent_to = null, code_until = null, resend_at = null } = stateOf<Sent>(process) ?? {};
    return { needs_number: process.user_id === null && sent_to === null, sent_to, code_until, resend_at };
  },
};
