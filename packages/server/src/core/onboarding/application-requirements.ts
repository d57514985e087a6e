// What an application requires of a new device, as it is kept: one row, or none while it requires what every new application does.
import type { RequirementsChange, Requirements } from '@countersign/contract/onboarding-models.ts';
import { requirementRisks, risksOf } from '@countersign/contract/requirement-kinds.ts';
import type { Requirement } from '@countersign/contract/requirements.ts';
import { readRequirements } from '#core/applications/application-risks.ts';
import type { Read, Tx } from '#db/db.ts';
import type { Flag } from '#db/flag.ts';
import type { SecondFactor } from '#db/application-tables.ts';
import { findUnmeetable } from './unmeetable.ts';

export interface KeptRequirements {
  /** 0 while there is no row. */
  readonly revision: number;
  readonly list: readonly Requirement[];
  readonly updatedAt: number | null;
}

/** An application as onboarding needs it, with what it requires. */
export interface RequiringApplication {
  readonly id: string;
  readonly access_id: string;
  readonly name: string;
  readonly logo: string | null;
  readonly background: string | null;
  readonly second_factor: SecondFactor;
  readonly device_mode: 'single' | 'override' | 'multiple';
  readonly device_limit: number;
  readonly new_device_wait_seconds: number;
  readonly enrolment: 'open' | 'closed';
  readonly enabled: Flag;
  readonly requirements: KeptRequirements;
}

/** Undefined when there is none. */
export async function findRequiringApplication(
  read: Read,
  by: { readonly id: string } | { readonly accessId: string },
): Promise<RequiringApplication | undefined> {
  const all = read
    .selectFrom('applications')
    .leftJoin('application_requirements as q', 'q.application_id', 'applications.id')
    .select([
      'applications.id',
      'access_id',
      'name',
      'logo',
      'background',
      'second_factor',
      'device_mode',
      'device_limit',
      'new_device_wait_seconds',
      'enrolment',
      'enabled',
      'q.revision',
      'q.requirements',
      'q.updated_at',
    ]);
  const row = await ('id' in by
    ? all.where('applications.id', '=', by.id)
    : all.where('access_id', '=', by.accessId.toLowerCase())
  ).executeTakeFirst();
  if (!row) return undefined;
  const { revision, requirements, updated_at, ...application } = row;
  const list = readRequirements(requirements);
  return { ...application, requirements: { revision: revision ?? 0, list, updatedAt: updated_at } };
}

/** Whether devices can be bound at all. */
export const isEnrolling = ({
  enabled,
  enrolment,
}: Pick<RequiringApplication, 'enabled' | 'enrolment'>): boolean => enabled === 1 && enrolment === 'open';

/** Whether an onboarding link is all it takes. */
export const linkSuffices = ({ list }: KeptRequirements): boolean =>
  list.length === 1 && list[0]?.kind === 'activation_link';

/** @returns false when the revision is no longer the one that was read. */
export async function writeRequirements(
  tx: Tx,
  applicationId: string,
  { revision, requirements }: Pick<RequirementsChange, 'revision' | 'requirements'>,
  now: number,
): Promise<boolean> {
  const set = { revision: revision + 1, requirements: JSON.stringify(requirements), updated_at: now };
  const rows =
    revision === 0
      ? await tx
          .insertInto('application_requirements')
          .values({ application_id: applicationId, ...set })
          .onConflict((c) => c.column('application_id').doNothing())
          .returning('revision')
          .execute()
      : await tx
          .updateTable('application_requirements')
          .set(set)
          .where('application_id', '=', applicationId)
          .where('revision', '=', revision)
          .returning('revision')
          .execute();
  return rows.length === 1;
}

/** As the API shows it. */
export const toRequirements = async (
  read: Read,
  application: RequiringApplication,
  publicUrl: string,
): Promise<Requirements> => ({
  application_id: application.id,
  revision: application.requirements.revision,
  requirements: [...application.requirements.list],
  risks: risksOf(application.requirements.list, application.second_factor).map((code) => ({
    code,
    text: requirementRisks[code],
  })),
  unmeetable: await findUnmeetable(read, application.id),
  enrolment_link: `${publicUrl}/onboard#application=${application.access_id}`,
  updated_at: application.requirements.updatedAt,
});
