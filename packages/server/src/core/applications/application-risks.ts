// What an application leaves open, and that somebody has read it before it does.
import type { Application } from '@countersign/contract/models.ts';
import { type ApplicationRisk, risksOf } from '@countersign/contract/requirement-kinds.ts';
import { defaultRequirements, type Requirement } from '@countersign/contract/requirements.ts';
import type { Read } from '#db/db.ts';
import { Problem } from '#platform/problem.ts';

type Deciding = Pick<Application, 'device_mode' | 'second_factor'>;

/** Of the mode: whoever has the password can ask to have another device bound, which is the only second factor. */
export const risksOfApplication = (
  { device_mode: mode, second_factor: factor }: Deciding,
  requirements: readonly Requirement[],
): ApplicationRisk[] => [
  ...(factor !== 'none' && mode !== 'single' ? (['more_devices'] as const) : []),
  ...risksOf(requirements, factor),
];

/** Those that a change brings. */
export function newRisks(
  before: Deciding,
  after: Deciding,
  requirements: readonly Requirement[],
): ApplicationRisk[] {
  const old = risksOfApplication(before, requirements);
  return risksOfApplication(after, requirements).filter((risk) => !old.includes(risk));
}

/** @throws Problem risk_not_acknowledged, which names what lacks */
export function requireAcknowledged(
  risks: readonly ApplicationRisk[],
  acknowledged: readonly string[] = [],
): void {
  const lacking = risks.filter((risk) => !acknowledged.includes(risk));
  if (lacking.length === 0) return;
  throw new Problem(
    'risk_not_acknowledged',
    `these stay open: ${lacking.join(', ')}`,
    lacking.map((risk) => ({ field: 'acknowledged', message: risk })),
  );
}

/** What the application requires of a new device. */
export async function findRequirements(read: Read, applicationId: string): Promise<readonly Requirement[]> {
  const row = await read
    .selectFrom('application_requirements')
    .select('requirements')
    .where('application_id', '=', applicationId)
    .executeTakeFirst();
  return readRequirements(row?.requirements ?? null);
}

/** @param kept null: nothing was said about it */
export const readRequirements = (kept: string | null): readonly Requirement[] =>
  kept === null ? defaultRequirements : (JSON.parse(kept) as Requirement[]);
