// Onboarding processes for administrators: the list of an application, and one with its steps.
import type {
  OnboardingProcess,
  OnboardingProcessWithSteps,
} from '@countersign/contract/onboarding-models.ts';
import { findUserByName } from '#core/users/find-user.ts';
import type { Db, Read } from '#db/db.ts';
import { type Page, readCursor } from '#db/page.ts';
import { lookThrough, windowPage } from '#db/window.ts';
import type { Clock } from '#platform/clock.ts';
import { Problem } from '#platform/problem.ts';
import type { Vault } from '#platform/vault.ts';
import { lookAtProcesses, type ProcessFilter } from './look-at-processes.ts';
import { requireRequiring } from './get-requirements.ts';
import { pictureOfProcess } from './picture-of-process.ts';
import { type ProcessRow, toProcess } from './process.ts';
import { findProcess } from './process-store.ts';
import { readProcessSteps } from './process-steps.ts';
import { findUserFacts } from './user-facts.ts';

export interface ListDeps {
  readonly db: Db;
  readonly vault: Vault;
}

/** Newest first. @param visible id of the only application that the caller may see; null for all. @throws Problem not_found, invalid_request */
export async function listProcesses(
  { db, vault, clock }: ListDeps & { readonly clock: Clock },
  visible: string | null,
  applicationId: string,
  filter: ProcessFilter,
): Promise<Page<OnboardingProcess>> {
  await requireRequiring(db.read, visible, applicationId);
  const after = readCursor(filter, 1);
  const window = await lookThrough(clock, filter.limit + 1, after, (from, limit) =>
    lookAtProcesses(db, applicationId, filter, { after: from, limit }),
  );
  const page = windowPage(window, filter, ({ id }) => [id]);
  return { ...page, items: page.items.map((row) => toProcess(row, pictureOfProcess(vault, row))) };
}

/** @param visible id of the only application that the caller may see; null for all. @throws Problem not_found */
export async function getProcess(
  { db, vault }: ListDeps,
  visible: string | null,
  id: string,
): Promise<OnboardingProcessWithSteps> {
  return showProcess(db.read, vault, await requireProcess(db.read, visible, id));
}

/** @throws Problem not_found */
export async function requireProcess(read: Read, visible: string | null, id: string): Promise<ProcessRow> {
  const row = await findProcess(read, id);
  if (!row || (visible !== null && row.application_id !== visible)) throw new Problem('not_found');
  return row;
}

async function showProcess(read: Read, vault: Vault, row: ProcessRow): Promise<OnboardingProcessWithSteps> {
  return {
    ...toProcess(row, pictureOfProcess(vault, row)),
    candidate: row.status === 'open' ? await candidateOf(read, row) : null,
    steps: [...readProcessSteps(row.steps)],
  };
}

async function candidateOf(read: Read, row: ProcessRow): Promise<OnboardingProcessWithSteps['candidate']> {
  const application = await requireRequiring(read, null, row.application_id);
  const id = row.user_id ?? (await findUserByName(read, application.id, row.username))?.id;
  const user = id === undefined ? undefined : await findUserFacts(read, application, id);
  if (!user) return null;
  const { username, fullName, devices, enabled } = user;
  return { id: user.id, username, full_name: fullName, device_count: devices, enabled };
}
