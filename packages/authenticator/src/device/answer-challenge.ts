// Answers a challenge and tells how it ended: signed, sent, and if the network is gone, told as not sent rather than as done.
import type { Decision } from '@countersign/contract/device-protocol.ts';
import { deviceNow } from '@countersign/ui/clock.ts';
import { serverClock } from '../platform/clock.ts';
import { type Challenge, signAnswer } from '../protocol/challenge.ts';
import { codeOf } from '../protocol/server-problem.ts';
import type { Account, HistoryEntry, OutcomeKind } from '../storage/database.ts';
import { connectionOf, sendAnswer } from './device-calls.ts';

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

/** Never throws: whatever goes wrong is a result that a person can read. */
export async function answerChallenge(
  account: Account,
  challenge: Challenge,
  { decision, number }: Reply,
): Promise<AnswerResult> {
  try {
    const answer = await signAnswer(account.signingKey, challenge, {
      deviceId: account.id,
      kid: account.signingKid,
      decision,
      number: decision === 'approve' ? number : undefined,
      now: serverClock.now(),
    });
    const { status, reason } = await sendAnswer(connectionOf(account), challenge.id, answer);
    const outcome = status === 'approved' ? 'approved' : deniedBecause(reason);
    const { id, plaintext } = challenge;
    const answeredAt = deviceNow();
    return {
      outcome,
      entry: { id, accountId: account.id, answeredAt, decision, outcome, plaintext, answer },
    };
  } catch (error) {
    const code = codeOf(error);
    return { outcome: refusals[code] ?? 'not_sent', code };
  }
}

function deniedBecause(reason: string | undefined): OutcomeKind {
  if (reason === 'wrong_number') return 'wrong_number';
  return reason === 'reported_by_user' ? 'reported' : 'denied';
}
