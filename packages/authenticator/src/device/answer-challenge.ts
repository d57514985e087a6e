// Answers a challenge and tells how it ended: signed, sent, and if the network is gone, told as not sent rather than as done.
import type { OwnVerification } from '@countersign/contract/device-models.ts';
import type { Decision, VerificationDemand, VerifiedAnswer } from '@countersign/contract/device-protocol.ts';
import { deviceNow } from '@countersign/ui/clock.ts';
import { serverClock } from '../platform/clock.ts';
import { type Challenge, signAnswer } from '../protocol/challenge.ts';
import { codeOf } from '@countersign/ui/server-problem.ts';
import type { Account, HistoryEntry, OutcomeKind } from '../storage/database.ts';
import { NotVerified } from '../platform/user-verification.ts';
import { connectionOf, ownDevice, sendAnswer } from './device-calls.ts';
import { verifyUser } from './verify-user.ts';

export interface Reply {
  readonly decision: Decision;
  readonly number?: string | undefined;
}

export interface AnswerResult {
  readonly outcome: OutcomeKind;
  /** Of a refusal that is not an outcome. */
  readonly code?: string;
  /** What goes into the history; absent when the server has not taken the answer. */
  readonly entry?: HistoryEntry;
}

const refusals: Readonly<Record<string, OutcomeKind>> = {
  challenge_unknown: 'decided_elsewhere',
  challenge_decided: 'decided_elsewhere',
  challenge_expired: 'expired',
};

/** Nothing was sent: the person was not verified. */
export const notVerified = 'not_verified';

/** @param verification what is known of it; asked for when it is needed and not known. Never throws: whatever goes wrong is a result that a person can read. */
export async function answerChallenge(
  account: Account,
  challenge: Challenge,
  { decision, number }: Reply,
  verification: OwnVerification | undefined,
): Promise<AnswerResult> {
  const connection = connectionOf(account);
  const { verification: demand, expires_at: expiresAt } = challenge.content;
  const verify = async (answer: VerifiedAnswer, wanted: VerificationDemand) => {
    const own = verification?.credential ? verification : (await ownDevice(connection)).user_verification;
    return verifyUser(wanted, own, answer, expiresAt);
  };
  try {
    const answer = await signAnswer(account.signingKey, challenge, {
      deviceId: account.id,
      kid: account.signingKid,
      decision,
      number: decision === 'approve' ? number : undefined,
      verify: demand && decision === 'approve' ? (answer) => verify(answer, demand) : undefined,
      now: serverClock.now,
    });
    const { status, reason } = await sendAnswer(connection, challenge.id, answer);
    const outcome = status === 'approved' ? 'approved' : deniedBecause(reason);
    const { id, plaintext } = challenge;
    const answeredAt = deviceNow();
    return {
      outcome,
      entry: { id, accountId: account.id, answeredAt, decision, outcome, plaintext, answer },
    };
  } catch (error) {
    if (error instanceof NotVerified) return { outcome: 'not_sent', code: notVerified };
    const code = codeOf(error);
    return { outcome: refusals[code] ?? 'not_sent', code };
  }
}

function deniedBecause(reason: string | undefined): OutcomeKind {
  if (reason === 'wrong_number') return 'wrong_number';
  return reason === 'reported_by_user' ? 'reported' : 'denied';
}
