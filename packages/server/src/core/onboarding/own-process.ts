// A process as the device that began it sees it, and how the device finds it: by the key that signs its calls.
import type { OwnProcess, ProcessAsk } from '@countersign/contract/onboarding-device-models.ts';
import type { NewKey } from '#core/devices/authenticate-device.ts';
import { thumbprintOf } from '#core/devices/p256.ts';
import type { Db, Read } from '#db/db.ts';
import { Problem } from '#platform/problem.ts';
import { type CloseDeps, endIfOver } from './close-processes.ts';
import { findRequiringApplication, type RequiringApplication } from './application-requirements.ts';
import { maxTries, nextKindOf, type ProcessRow, standingOf } from './process.ts';
import { findProcess } from './process-store.ts';
import { moduleOf } from './requirements/kinds.ts';
import type { ShowDeps } from './requirements/requirement-kind.ts';

/** How a device names its process. */
export interface OwnName {
  readonly accessId: string;
  readonly id: string;
}

export interface Own {
  readonly process: ProcessRow;
  readonly application: RequiringApplication;
}

/** Uses the proof up; ends the process when its time is over. @throws Problem process_unknown, also for the process of another key; proof_invalid */
export async function requireOwn(deps: CloseDeps, key: NewKey, name: OwnName): Promise<Own> {
  const own = await findOwn(deps.db.read, name);
  if (own?.process.key_thumbprint !== thumbprintOf(key.jwk)) throw new Problem('process_unknown');
  await key.useUp();
  return (await endIfOver(deps, own.process, own.application)) ? againOwn(deps, name) : own;
}

/** As it is now. @throws Problem process_unknown */
export async function againOwn({ db }: { readonly db: Db }, name: OwnName): Promise<Own> {
  const own = await findOwn(db.read, name);
  if (!own) throw new Problem('process_unknown');
  return own;
}

async function findOwn(read: Read, { accessId, id }: OwnName): Promise<Own | undefined> {
  const process = await findProcess(read, id);
  if (!process) return undefined;
  const application = await findRequiringApplication(read, { id: process.application_id });
  return application?.access_id === accessId.toLowerCase() ? { process, application } : undefined;
}

export const shownApplication = ({ name, access_id, logo, background }: RequiringApplication) => ({
  name,
  access_id,
  logo,
  background,
});

/** @throws Unavailable */
export async function showOwn(deps: ShowDeps, { process, application }: Own): Promise<OwnProcess> {
  const next = process.status === 'open' ? nextKindOf(process) : undefined;
  const now = deps.clock.now();
  const isMet = process.status === 'open' && next === undefined;
  return {
    process_id: process.id,
    status: process.status,
    ending: process.ending,
    refusal: process.refusal,
    application: shownApplication(application),
    requirements: standingOf(process),
    next: next === undefined ? null : await askOf(deps, process, next),
    may_complete: isMet && (process.ready_at ?? 0) <= now,
    ready_at: process.ready_at,
    user: await userOf(deps.db.read, process),
    expires_at: process.expires_at,
    server_time: now,
  };
}

async function askOf(
  deps: ShowDeps,
  process: ProcessRow,
  kind: NonNullable<ReturnType<typeof nextKindOf>>,
): Promise<ProcessAsk> {
  const module = moduleOf(kind);
  const isWaiting = process.waits_for === 'administrator' || process.waits_for === 'existing_device';
  const common = {
    kind,
    state: isWaiting ? ('waiting' as const) : ('input' as const),
    tries_left: Math.max(0, maxTries - process.tries),
    alternatives: [...(module.alternatives ?? [])],
  };
  // The module of a kind shows what is of that kind.
  return { ...common, ...(await module.shows(deps, process)) } as ProcessAsk;
}

/** Nobody is named before it is proved who it is. */
async function userOf(read: Read, { user_id }: ProcessRow): Promise<OwnProcess['user']> {
  if (user_id === null) return null;
  const row = await read
    .selectFrom('users')
    .select(['username', 'full_name'])
    .where('id', '=', user_id)
    .executeTakeFirst();
  return row ?? null;
}
