// Uses a setup or invitation link: whoever has it becomes an administrator and is signed in, or nothing happens at all.
import type { Session, Setup } from '@countersign/contract/administrator-models.ts';
import { nameKey } from '@countersign/contract/text.ts';
import { type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { Db, Tx } from '#db/db.ts';
import { asNameTaken } from '#db/taken.ts';
import { newId } from '#platform/id.ts';
import { Problem } from '#platform/problem.ts';
import type { SettingsDeps } from '#platform/settings.ts';
import type { PasswordChecks } from './administrator.ts';
import {
  insertAdministrator,
  lockAdministrator,
  requireAdministrator,
  updateAdministrator,
} from './administrator-store.ts';
import { findSession } from './find-session.ts';
import { type NewPasskeyRow, verifyNewPasskey } from './new-passkey.ts';
import { writePasskey } from './passkey-store.ts';
import { refuseWeakPassword } from './password-rules.ts';
import { readSessionTimes, toSession, type Visitor } from './session.ts';
import { requireSetupLink } from './setup-link.ts';
import { type OpenSetupLink, takeSetupLink } from './setup-link-store.ts';
import { startSession } from './start-session.ts';
import type { PasskeySite } from './webauthn.ts';

export interface SetupDeps extends AuditDeps, SettingsDeps {
  readonly db: Db;
  readonly passwords: PasswordChecks;
  readonly site: PasskeySite;
}

/** What was given and found good, to be written. */
interface Given {
  readonly link: OpenSetupLink;
  readonly username: string;
  readonly passwordHash: string | null;
  readonly passkey: NewPasskeyRow | null;
}

/**
 * @param formerToken of the session that the browser has, which ends.
 * @returns the session, and its token for the cookie.
 * @throws Problem setup_link_invalid, invalid_request, name_taken, password_too_weak, passkey_refused, passkeys_unsupported; the link
 *   still works then.
 */
export async function useSetupLink(
  deps: SetupDeps,
  visitor: Visitor,
  input: Setup,
  formerToken?: string,
): Promise<{ readonly session: Session; readonly token: string }> {
  const link = await requireSetupLink(deps, input.token);
  refuseOtherName(link, input.username);
  const given = {
    link,
    username: link.username ?? input.username,
    ...(await check(deps, visitor, link, input)),
  };
  const times = await readSessionTimes(deps);
  const former = await findSession(deps, formerToken, false);
  return deps.db
    .write(async (tx) => {
      if (!(await takeSetupLink(tx, link.id, deps.clock.now()))) throw new Problem('setup_link_invalid');
      const administratorId = await writeAdministrator(tx, deps, given);
      const { row, token } = await startSession(tx, deps, times, {
        administratorId,
        strength: given.passkey === null ? 'link' : 'full',
        method: link.administrator_id === null ? 'setup_link' : 'invitation',
        visitor,
        replaces: former?.row.id ?? null,
      });
      const facts = await requireAdministrator(tx, administratorId, deps.clock.now());
      return { session: toSession(row, facts, times), token };
    })
    .catch(asNameTaken('username'));
}

function refuseOtherName({ username }: OpenSetupLink, given: string): void {
  if (username !== null && nameKey(username) !== nameKey(given))
    throw new Problem('invalid_request', 'the invitation is for another user name', [
      { field: 'username', message: 'is fixed by the invitation' },
    ]);
}

async function check(
  deps: SetupDeps,
  { userAgent }: Visitor,
  link: OpenSetupLink,
  { username, password, passkey }: Setup,
): Promise<Pick<Given, 'passwordHash' | 'passkey'>> {
  if (password === undefined && passkey === undefined)
    throw new Problem('invalid_request', 'give a password, a passkey, or both', [
      { field: 'password', message: 'is missing, and so is a passkey' },
    ]);
  if (password !== undefined) await refuseWeakPassword(password, link.username ?? username);
  const passwordHash = password === undefined ? null : await deps.passwords.hash(password);
  // Last, since asking uses the ceremony up.
  const verified = passkey && (await verifyNewPasskey(deps, { setupLinkId: link.id }, passkey, userAgent));
  return { passwordHash, passkey: verified ?? null };
}

/** @returns the administrator's id */
async function writeAdministrator(tx: Tx, deps: SetupDeps, given: Given): Promise<string> {
  const { link, passkey } = given;
  const actor = { kind: 'setup_link', id: link.id } as const;
  const by = { link: link.administrator_id === null ? 'setup' : 'invitation' } as const;
  const id =
    link.administrator_id === null
      ? await insertOwner(tx, deps, given)
      : await fillInvited(tx, deps, link.administrator_id, given);
  await recordAudit(tx, deps, {
    event: 'setup_link.used',
    actor,
    subjectId: link.id,
    data: { administrator_id: id, ...by },
  });
  if (link.administrator_id === null)
    await recordAudit(tx, deps, {
      event: 'administrator.created',
      actor,
      subjectId: id,
      data: { username: given.username, role: 'owner', ...by },
    });
  if (given.passwordHash !== null)
    await recordAudit(tx, deps, { event: 'administrator.password_set', actor, subjectId: id, data: by });
  if (passkey) await writePasskey(tx, deps, actor, { ...passkey, administrator_id: id }, by);
  return id;
}

async function insertOwner(
  tx: Tx,
  deps: SetupDeps,
  { username, passwordHash, passkey }: Given,
): Promise<string> {
  const now = deps.clock.now();
  // The passkey carries the id that the administrator was to have when it was made.
  const id = passkey?.administrator_id ?? newId(deps, 'adm');
  await insertAdministrator(tx, {
    id,
    username,
    username_key: nameKey(username),
    role: 'owner',
    enabled: 1,
    password_hash: passwordHash,
    phone_user_id: null,
    last_signed_in_at: null,
    created_at: now,
    updated_at: now,
  });
  return id;
}

async function fillInvited(tx: Tx, deps: SetupDeps, id: string, { passwordHash }: Given): Promise<string> {
  const now = deps.clock.now();
  const { enabled } = await lockAdministrator(tx, id, now);
  if (enabled === 0) throw new Problem('setup_link_invalid');
  await updateAdministrator(tx, id, { password_hash: passwordHash, updated_at: now });
  return id;
}
