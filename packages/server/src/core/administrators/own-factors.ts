// An administrator's own password, phone and passkeys: what can be added freely, and taken away while a way in remains.
import type { NewPasskey, Passkey } from '@countersign/contract/administrator-models.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { Db, Tx } from '#db/db.ts';
import { Problem } from '#platform/problem.ts';
import {
  type AdministratorFacts,
  type Factors,
  hasPassword,
  losesWayIn,
  type PasswordChecks,
  refuseOfDirectory,
} from './administrator.ts';
import { lockAdministrator, requireAdministrator, updateAdministrator } from './administrator-store.ts';
import { verifyNewPasskey } from './new-passkey.ts';
import {
  type PasskeyRow,
  removePasskey,
  renamePasskey,
  selectPasskeys,
  writePasskey,
} from './passkey-store.ts';
import { refuseWeakPassword } from './password-rules.ts';
import { withdrawLinksOf } from './phone-users.ts';
import { removeSessionsOf, updateSession } from './session-store.ts';
import type { PasskeySite } from './webauthn.ts';

type FactorDeps = AuditDeps & { readonly db: Db };

export interface Own {
  readonly administratorId: string;
  readonly username: string;
  readonly sessionId: string;
}

const selfOf = ({ administratorId: id }: Own): Actor => ({ kind: 'administrator', id });

const factorsOf = (facts: AdministratorFacts): Factors => ({
  hasPassword: hasPassword(facts),
  passkeys: facts.passkey_count,
  hasPhone: facts.phone_user_id !== null,
});

/**
 * Nobody else changes the administrator until the transaction ends. What was checked or hashed before may have taken a while: whoever
 * was signed out meanwhile changes nothing any more. @throws Problem unauthorized
 */
async function lockOwn(tx: Tx, own: Own, now: number): Promise<AdministratorFacts> {
  const facts = await lockAdministrator(tx, own.administratorId, now).catch(asSignedOut);
  const session = await tx
    .selectFrom('sessions')
    .select('id')
    .where('id', '=', own.sessionId)
    .where('administrator_id', '=', own.administratorId)
    .executeTakeFirst();
  if (!session || facts.enabled === 0) throw new Problem('unauthorized');
  return facts;
}

function asSignedOut(error: unknown): never {
  throw error instanceof Problem && error.code === 'not_found' ? new Problem('unauthorized') : error;
}

/** Others that began with the password alone: the second factor that there is now must not make whole sessions of them. */
async function endPasswordSessions(tx: Tx, own: Own): Promise<void> {
  await tx
    .deleteFrom('sessions')
    .where('administrator_id', '=', own.administratorId)
    .where('strength', '=', 'password')
    .where('id', '!=', own.sessionId)
    .execute();
}

/** @throws Problem last_factor */
function refuseLoss(facts: AdministratorFacts, after: Partial<Factors>): void {
  const before = factorsOf(facts);
  if (losesWayIn(before, { ...before, ...after })) throw new Problem('last_factor');
}

/**
 * Sets or removes the own password. Whoever knows the old one may be somebody else, so all other sessions end.
 * @throws Problem kept_in_directory, password_too_weak, last_factor; Unavailable
 */
export async function changeOwnPassword(
  deps: FactorDeps & { readonly passwords: PasswordChecks },
  own: Own,
  password: string | null,
): Promise<void> {
  refuseOfDirectory(await requireAdministrator(deps.db.read, own.administratorId, deps.clock.now()));
  if (password !== null) await refuseWeakPassword(password, own.username);
  const hash = password === null ? null : await deps.passwords.hash(password);
  await deps.db.write(async (tx) => {
    const now = deps.clock.now();
    const facts = await lockOwn(tx, own, now);
    refuseLoss(facts, { hasPassword: hash !== null });
    await updateAdministrator(tx, own.administratorId, { password_hash: hash, updated_at: now });
    const ended = await removeSessionsOf(tx, own.administratorId, own.sessionId);
    await recordAudit(tx, deps, {
      event: 'administrator.password_set',
      actor: selfOf(own),
      subjectId: own.administratorId,
      data: { removed: hash === null, sessions_ended: ended },
    });
  });
}

/**
 * Chooses the user whose devices approve the own signing in, or none.
 * @throws Problem not_found (the user), invalid_request (a user without a device), last_factor
 */
export async function changeOwnPhone(deps: FactorDeps, own: Own, userId: string | null): Promise<void> {
  await deps.db.write(async (tx) => {
    const withdrawn = userId === null ? 0 : await takePhone(tx, userId);
    const now = deps.clock.now();
    const facts = await lockOwn(tx, own, now);
    refuseLoss(facts, { hasPhone: userId !== null });
    await updateAdministrator(tx, own.administratorId, { phone_user_id: userId, updated_at: now });
    if (userId !== null) await endPasswordSessions(tx, own);
    await recordAudit(tx, deps, {
      event: 'administrator.phone_changed',
      actor: selfOf(own),
      subjectId: own.administratorId,
      data: { user_id: userId, ...(withdrawn > 0 && { links_withdrawn: withdrawn }) },
    });
  });
}

/** Locks the user, so that no link is made in the moment. @returns how many onboarding links of the user were withdrawn */
async function takePhone(tx: Tx, userId: string): Promise<number> {
  await tx
    .updateTable('users')
    .set((e) => ({ updated_at: e.ref('updated_at') }))
    .where('id', '=', userId)
    .execute();
  await requireDevice(tx, userId);
  return withdrawLinksOf(tx, userId);
}

/** A user without a device would keep the administrator out. */
async function requireDevice(tx: Tx, userId: string): Promise<void> {
  const user = await tx
    .selectFrom('users as u')
    .leftJoin('devices as d', (join) => join.onRef('d.user_id', '=', 'u.id').on('d.revoked_at', 'is', null))
    .select('d.id as device_id')
    .where('u.id', '=', userId)
    .limit(1)
    .executeTakeFirst();
  if (!user) throw new Problem('not_found');
  if (user.device_id === null)
    throw new Problem('invalid_request', 'the user has no device yet', [
      { field: 'user_id', message: 'has no device that could approve' },
    ]);
}

/** Oldest first. */
export const listOwnPasskeys = async ({ db }: { readonly db: Db }, own: Own): Promise<readonly Passkey[]> =>
  (await selectPasskeys(db.read, own.administratorId)).map(toPasskey);

/** @throws Problem passkey_refused, passkeys_unsupported */
export async function addOwnPasskey(
  deps: FactorDeps & { readonly site: PasskeySite },
  own: Own,
  given: NewPasskey,
  userAgent: string,
): Promise<Passkey> {
  const row = await verifyNewPasskey(deps, { sessionId: own.sessionId }, given, userAgent);
  await deps.db.write(async (tx) => {
    await lockOwn(tx, own, deps.clock.now());
    await writePasskey(tx, deps, selfOf(own), row);
    await endPasswordSessions(tx, own);
    await updateSession(tx, own.sessionId, { strength: 'full' });
  });
  return toPasskey(row);
}

/** The same name again writes nothing. @throws Problem not_found */
export async function renameOwnPasskey(
  deps: FactorDeps,
  own: Own,
  { id, name }: Pick<Passkey, 'id' | 'name'>,
): Promise<Passkey> {
  return deps.db.write(async (tx) => {
    await lockOwn(tx, own, deps.clock.now());
    const before = (await selectPasskeys(tx, own.administratorId)).find((row) => row.id === id);
    if (!before) throw new Problem('not_found');
    if (before.name === name) return toPasskey(before);
    await renamePasskey(tx, id, name);
    await recordAudit(tx, deps, {
      event: 'passkey.renamed',
      actor: selfOf(own),
      subjectId: own.administratorId,
      data: { passkey_id: id, name, name_before: before.name },
    });
    return toPasskey({ ...before, name });
  });
}

/** @throws Problem not_found, last_factor */
export async function deleteOwnPasskey(deps: FactorDeps, own: Own, id: string): Promise<void> {
  await deps.db.write(async (tx) => {
    const facts = await lockOwn(tx, own, deps.clock.now());
    const removed = await removePasskey(tx, own.administratorId, id);
    if (!removed) throw new Problem('not_found');
    refuseLoss(facts, { passkeys: facts.passkey_count - 1 });
    await recordAudit(tx, deps, {
      event: 'passkey.removed',
      actor: selfOf(own),
      subjectId: own.administratorId,
      data: { passkey_id: id, name: removed.name },
    });
  });
}

const toPasskey = (row: PasskeyRow): Passkey => ({
  id: row.id,
  name: row.name,
  synced: row.synced === 1,
  created_at: row.created_at,
  last_used_at: row.last_used_at,
});
