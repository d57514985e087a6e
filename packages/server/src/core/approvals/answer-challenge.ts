// A device answers a challenge: the signature and what it covers are checked first, then one conditional UPDATE decides.
import type { Journal } from '#core/audit/journal.ts';
import type { AuditDeps } from '#core/audit/record-audit.ts';
import type { StepEntry } from '#core/audit/steps.ts';
import type { AuthenticatedDevice } from '#core/devices/authenticate-device.ts';
import { isCooling } from '#core/devices/cool-down.ts';
import type { Db } from '#db/db.ts';
import type { Find } from '#db/row-statement.ts';
import type { ChallengeTable, EvidenceTable } from '#db/auth-request-tables.ts';
import type { Bus } from '#platform/bus.ts';
import { Problem } from '#platform/problem.ts';
import { equalInConstantTime } from '#platform/secret.ts';
import { deviceProtocol } from '@countersign/contract/device-protocol.ts';
import type { AnswerPayload } from '@countersign/contract/device-models.ts';
import { readAnswer } from './answer.ts';
import { approve } from './approve.ts';
import { judgeVerification, refuseVerification } from './judge-verification.ts';
import { digestOf, type Ending } from './challenge.ts';
import { closeAuthRequest } from './close-auth-request.ts';
import { wakeAbout } from './topics.ts';

export interface AnswerDeps extends AuditDeps {
  readonly db: Db;
  readonly bus: Bus;
  readonly journal: Journal;
  /** Told why an answer was not accepted, for the log. */
  readonly answerRefused: (device: AuthenticatedDevice, cause: string) => void;
}

export interface Answered {
  readonly status: 'approved' | 'denied';
  readonly reason?: 'denied_by_user' | 'reported_by_user' | 'wrong_number';
}

/** @throws Problem challenge_unknown, challenge_decided, challenge_expired, answer_invalid */
export async function answerChallenge(
  deps: AnswerDeps,
  device: AuthenticatedDevice,
  { challengeId, answer }: { challengeId: string; answer: string },
): Promise<Answered> {
  // It was asked nothing, so it has nothing to answer; whether it may is looked at again where an approval is written.
  if (isCooling(device, deps.clock.now())) throw new Problem('challenge_unknown');
  const challenge = await findChallenge(deps, device, challengeId);
  const payload = checkAnswer(deps, device, challenge, answer);
  const verification = judgeVerification(challenge, payload);
  if (verification.kind === 'refused') throw await refuseVerification(deps, device, challenge, verification);
  const verdict = decide(challenge, payload);
  const evidence = evidenceOf(deps, device, challenge, answer);
  const taken =
    verdict.ending.status === 'approved'
      ? await approve(deps, device, { evidence, verification })
      : await refuse(deps, device, verdict, evidence);
  if (!taken) throw await whyNotTaken(deps, device, { id: challenge.id, payload });
  wakeAbout(deps.bus, { id: challenge.auth_request_id, userId: device.user.id });
  return verdict.answered;
}

/** @returns false when the auth request had ended, or the device was revoked */
function refuse(
  deps: AnswerDeps,
  device: AuthenticatedDevice,
  verdict: Verdict,
  evidence: EvidenceTable,
): Promise<boolean> {
  return deps.db.write(async (tx) => {
    const closed = await closeAuthRequest(tx, deps, {
      authRequestId: evidence.auth_request_id,
      ending: verdict.ending,
      actor: { kind: 'device', id: device.id },
      step: { code: verdict.step, details: { device: device.name } },
      answeredBy: device.id,
    });
    if (closed) await tx.insertInto('evidence').values(evidence).execute();
    return closed !== undefined;
  });
}

type Challenge = Awaited<ReturnType<typeof findChallenge>>;
type Payload = AnswerPayload;

type ChallengeRow = ChallengeTable & {
  readonly certificate: string;
  readonly issuer: string;
  /** Those above it; a JSON array of PEM. */
  readonly issuers: string;
  /** Of the credential with which the device verifies its user; null when it has none. */
  readonly verification_key: string | null;
  readonly sign_count: number | null;
};

/** With the certificate of the device that answers, which is kept with the answer. */
const challengeOfDevice: Find<{ id: string; user_id: string; device_id: string }, ChallengeRow> = {
  parameters: { id: 'text', user_id: 'text', device_id: 'text' },
  select: `challenges.*, certificates.pem as certificate, certificate_authorities.certificate as issuer, certificate_authorities.issuers,
    verification_credentials.public_key as verification_key, verification_credentials.sign_count`,
  from: `challenges join devices on devices.id = :device_id
    join certificates on certificates.serial = devices.certificate_serial
    join certificate_authorities on certificate_authorities.id = certificates.authority_id
    left join verification_credentials on verification_credentials.device_id = devices.id`,
  where: 'challenges.id = :id and challenges.user_id = :user_id',
};

async function findChallenge(deps: AnswerDeps, device: AuthenticatedDevice, challengeId: string) {
  const row = await deps.db.find(challengeOfDevice, {
    id: challengeId,
    user_id: device.user.id,
    device_id: device.id,
  });
  if (!row) throw new Problem('challenge_unknown');
  const number =
    row.number === null
      ? null
      : Buffer.from(deps.vault.open('challenge-number', row.id, row.number)).toString();
  return { ...row, number };
}

function checkAnswer(
  deps: AnswerDeps,
  device: AuthenticatedDevice,
  challenge: Challenge,
  answer: string,
): Payload {
  const refuse = (cause: string): never => {
    deps.answerRefused(device, cause);
    throw new Problem('answer_invalid');
  };
  const read = readAnswer(answer, device.signingKey);
  if (read.kind === 'invalid') return refuse(read.cause);
  const { payload } = read;
  const secondsOff = Math.abs(payload.iat - deps.clock.now() / 1000);
  if (secondsOff > deviceProtocol.clockToleranceSeconds) return refuse('its clock is too far off');
  if (payload.device_id !== device.id) return refuse('made for another device');
  if (payload.challenge_id !== challenge.id || payload.request_id !== challenge.auth_request_id)
    return refuse('made for another challenge');
  if (!equalInConstantTime(payload.nonce, challenge.nonce)) return refuse('wrong nonce');
  if (!equalInConstantTime(payload.shown, digestOf(challenge.content)))
    return refuse('something else was shown than was sent');
  const numberExpected = payload.decision === 'approve' && challenge.number !== null;
  if (numberExpected !== (payload.number !== undefined))
    return refuse('number missing, or given without need');
  return payload;
}

interface Verdict {
  readonly ending: Ending;
  readonly step: StepEntry['code'];
  readonly answered: Answered;
}

function decide(challenge: Challenge, payload: Payload): Verdict {
  const denied = (reason: NonNullable<Answered['reason']>, step: StepEntry['code']): Verdict => ({
    ending: { status: 'denied', reason },
    step,
    answered: { status: 'denied', reason },
  });
  switch (payload.decision) {
    case 'deny':
      return denied('denied_by_user', 'denied');
    case 'report':
      return denied('reported_by_user', 'reported');
    case 'approve':
      // One wrong number is final: a second guess would make two digits a matter of patience.
      if (challenge.number !== null && !equalInConstantTime(payload.number ?? '', challenge.number))
        return denied('wrong_number', 'wrong_number');
      return {
        ending: { status: 'approved', reason: null },
        step: 'approved',
        answered: { status: 'approved' },
      };
  }
}

const evidenceOf = (
  { clock }: AnswerDeps,
  device: AuthenticatedDevice,
  { id, auth_request_id, content, number, certificate, issuer, issuers }: Challenge,
  answer: string,
): EvidenceTable => ({
  challenge_id: id,
  auth_request_id,
  device_id: device.id,
  content,
  number,
  answer,
  certificate,
  chain: JSON.stringify([issuer, ...(JSON.parse(issuers) as string[])]),
  decided_at: clock.now(),
});

async function whyNotTaken(
  deps: AnswerDeps,
  device: AuthenticatedDevice,
  { id, payload }: { readonly id: string; readonly payload: Payload },
): Promise<Problem> {
  const row = await deps.db.read
    .selectFrom('challenges')
    .select(['status', 'expires_at'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) return new Problem('challenge_unknown');
  const late = row.status === 'expired' || (row.status === 'pending' && row.expires_at <= deps.clock.now());
  if (row.status === 'pending' && !late) {
    const challenge = await findChallenge(deps, device, id);
    // Counted by another answer of the same moment.
    const verification = judgeVerification(challenge, payload);
    if (verification.kind === 'refused') return refuseVerification(deps, device, challenge, verification);
  }
  return new Problem(late ? 'challenge_expired' : 'challenge_decided');
}
