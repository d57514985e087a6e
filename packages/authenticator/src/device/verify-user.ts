// User verification before an approval (device protocol section 9): set up once for each account, then asserted over each approval.
import type {
  OwnVerification,
  VerificationAssertion,
  VerificationCeremony,
} from '@countersign/contract/device-models.ts';
import {
  type VerificationDemand,
  type VerifiedAnswer,
  verificationText,
} from '@countersign/contract/device-protocol.ts';
import { serverClock } from '../platform/clock.ts';
import { assertPerson, createCredential, NotVerified } from '../platform/user-verification.ts';
import type { Connection } from '../protocol/connection.ts';

const path = '/v1/device/verification';

/** Makes the credential and registers it. @throws NotVerified, ServerProblem, ServerUnreachable */
export async function setUpVerification(connection: Connection): Promise<OwnVerification> {
  const ceremony = (await connection.call('POST', `${path}/options`)) as VerificationCeremony;
  const body = await createCredential(ceremony, ceremony.expires_at - ceremony.server_time);
  return (await connection.call('POST', path, { body })) as OwnVerification;
}

/** @param expiresAt of the request, epoch milliseconds by the server's clock. @throws NotVerified */
export async function verifyUser(
  demand: VerificationDemand,
  { credential }: OwnVerification,
  answer: VerifiedAnswer,
  expiresAt: number,
): Promise<VerificationAssertion> {
  if (!credential) throw new NotVerified('it is not set up');
  const assertion = await assertPerson({
    rpId: demand.rp_id,
    credentialId: credential.id,
    text: verificationText(answer),
    timeout: Math.max(1000, expiresAt - serverClock.now()),
  });
  return { public_key: credential.public_key, ...assertion };
}
