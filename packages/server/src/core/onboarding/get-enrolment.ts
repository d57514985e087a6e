// Tells anybody what an application requires of a device that wants to be bound. Nothing here depends on who asks.
import type { EnrolmentOffer } from '@countersign/contract/onboarding-device-models.ts';
import type { Db } from '#db/db.ts';
import type { Clock } from '#platform/clock.ts';
import { Problem } from '#platform/problem.ts';
import {
  findRequiringApplication,
  isEnrolling,
  type RequiringApplication,
} from './application-requirements.ts';
import { EnrolmentClosed } from './enrolment-closed.ts';
import { shownApplication } from './own-process.ts';

/** @throws Problem not_found, enrolment_closed */
export async function getEnrolment(
  deps: { readonly db: Db; readonly clock: Clock },
  accessId: string,
): Promise<EnrolmentOffer> {
  const application = await requireEnrolling(deps.db, accessId);
  return {
    application: shownApplication(application),
    requirements: application.requirements.list.map(({ kind }) => ({ kind })),
    server_time: deps.clock.now(),
  };
}

/** @throws Problem not_found, enrolment_closed */
export async function requireEnrolling({ read }: Db, accessId: string): Promise<RequiringApplication> {
  const application = await findRequiringApplication(read, { accessId });
  if (!application) throw new Problem('not_found');
  if (!isEnrolling(application)) throw new EnrolmentClosed(application.id);
  return application;
}
