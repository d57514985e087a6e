// Writes an approval: the answer ends the auth request if it still waits, and is kept as evidence, in the commit that it shares.
import { contextAfterEnd } from '#core/audit/end-auth-request.ts';
import type { Journal } from '#core/audit/journal.ts';
import { type StepEntry, writeSteps } from '#core/audit/steps.ts';
import type { AuthenticatedDevice } from '#core/devices/authenticate-device.ts';
import { mayApprove } from '#core/devices/cool-down.ts';
import { countAssertion } from '#core/devices/verification-store.ts';
import { insertInto, updateOf } from '#db/row-statement.ts';
import type { EvidenceTable } from '#db/auth-request-tables.ts';
import type { NotVerified, Verified } from './judge-verification.ts';

/** Neither ended, nor over, nor of an application whose logins are closed, nor answered by a device that was revoked in the meantime or is too new. */
const approveRequest = updateOf<{ id: string; now: number; device_id: string; steps: string }>({
  table: 'auth_requests',
  parameters: { id: 'text', now: 'bigint', device_id: 'text', steps: 'text' },
  set: `status = 'approved', decided_at = :now, updated_at = :now, steps = auth_requests.steps || :steps,
    door_context = ${contextAfterEnd}`,
  where: `auth_requests.id = :id and auth_requests.status = 'pending' and auth_requests.reason is null
    and auth_requests.expires_at > :now
    and exists (select 1 from devices where devices.id = :device_id and devices.revoked_at is null
      and ${mayApprove})
    and (auth_requests.door = 'onboarding' or exists (select 1 from applications
      where applications.id = auth_requests.application_id and applications.authorisation = 'open'))`,
  required: true,
});

const approveChallenge = updateOf<{ id: string; now: number; device_id: string }>({
  table: 'challenges',
  parameters: { id: 'text', now: 'bigint', device_id: 'text' },
  set: `status = 'approved', decided_at = :now, device_id = :device_id`,
  where: `challenges.id = :id and challenges.status = 'pending'`,
  required: true,
});

/** Whoever approves is neither annoyed nor away. */
const forgiveUser = updateOf<{ id: string; now: number }>({
  table: 'users',
  parameters: { id: 'text', now: 'bigint' },
  set: 'unanswered_streak = 0, left_alone_until = null, last_authenticated_at = :now',
  where: 'users.id = :id',
  required: false,
});

const insertEvidence = insertInto('evidence');

export interface Approval {
  readonly evidence: EvidenceTable;
  readonly verification: Verified | NotVerified;
}

/** @returns false when the auth request had ended, the device was revoked, or its user verification was counted already. @throws Unavailable */
export function approve(
  { journal }: { readonly journal: Journal },
  device: AuthenticatedDevice,
  { evidence, verification }: Approval,
): Promise<boolean> {
  const { auth_request_id: id, challenge_id, decided_at: now } = evidence;
  const details = { device: device.name };
  const isVerified = verification.kind === 'verified';
  const verified: StepEntry[] = isVerified ? [{ code: 'user_verified', details }] : [];
  const steps = writeSteps(now, [...verified, { code: 'approved', details }]);
  return journal.write(
    [
      approveRequest({ id, now, device_id: device.id, steps }),
      ...(isVerified ? [countAssertion({ id: device.id, now, ...verification.counted })] : []),
      approveChallenge({ id: challenge_id, now, device_id: device.id }),
      forgiveUser({ id: device.user.id, now }),
      insertEvidence(evidence),
    ],
    {
      event: 'auth_request.approved',
      actor: { kind: 'device', id: device.id },
      applicationId: device.application.id,
      subjectId: id,
      data: { reason: null, user_id: device.user.id, ...(isVerified ? { user_verified: true } : {}) },
    },
  );
}
