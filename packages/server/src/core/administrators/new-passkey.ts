// Makes a passkey: asks the browser for one, and checks what it brings. Written where the session or link is that may have it.
import type { NewPasskey, PasskeyCeremony } from '@countersign/contract/administrator-models.ts';
import type { AuditDeps } from '#core/audit/record-audit.ts';
import type { Db } from '#db/db.ts';
import { newId } from '#platform/id.ts';
import { Problem } from '#platform/problem.ts';
import { beginCeremony, takeCeremony } from './ceremony.ts';
import { passkeyName } from './passkey-name.ts';
import { type PasskeyRow, selectPasskeys } from './passkey-store.ts';
import { requireSetupLink } from './setup-link.ts';
import { creationOptions, type PasskeySite, relyingParty, verifyCreation } from './webauthn.ts';

export type NewPasskeyRow = PasskeyRow;

type PasskeyDeps = AuditDeps & { readonly db: Db; readonly site: PasskeySite };

/** @throws Problem setup_link_invalid, passkeys_unsupported */
export async function beginSetupPasskey(
  deps: PasskeyDeps,
  { token, username }: { readonly token: string; readonly username: string },
): Promise<PasskeyCeremony> {
  relyingParty(deps.site);
  const link = await requireSetupLink(deps, token);
  return begin(deps, {
    administratorId: link.administrator_id ?? newId(deps, 'adm'),
    username: link.username ?? username,
    setupLinkId: link.id,
    sessionId: null,
  });
}

/** @throws Problem passkeys_unsupported */
export function beginOwnPasskey(
  deps: PasskeyDeps,
  own: { readonly administratorId: string; readonly username: string; readonly sessionId: string },
): Promise<PasskeyCeremony> {
  return begin(deps, { ...own, setupLinkId: null });
}

interface Beginning {
  readonly administratorId: string;
  readonly username: string;
  readonly sessionId: string | null;
  readonly setupLinkId: string | null;
}

async function begin(deps: PasskeyDeps, { username, ...subject }: Beginning): Promise<PasskeyCeremony> {
  relyingParty(deps.site);
  const { administratorId } = subject;
  const existing = (await selectPasskeys(deps.db.read, administratorId)).map((row) => row.credential_id);
  const { id, challenge } = await beginCeremony(deps, { kind: 'create', ...subject });
  const options = await creationOptions(deps.site, { challenge, administratorId, username, existing });
  return { ceremony_id: id, options: { ...options } };
}

/**
 * Checks the browser's answer and uses the ceremony up.
 * @param userAgent of the browser, for a name where none is given. @param belongsTo the link or the session that the ceremony must have been begun for.
 * @returns the row to be written. @throws Problem passkey_refused, passkeys_unsupported
 */
export async function verifyNewPasskey(
  deps: PasskeyDeps,
  belongsTo: { readonly setupLinkId: string } | { readonly sessionId: string },
  { ceremony_id, credential, name }: NewPasskey,
  userAgent: string,
): Promise<NewPasskeyRow> {
  relyingParty(deps.site);
  const ceremony = await takeCeremony(deps, 'create', ceremony_id);
  const isOwn =
    'sessionId' in belongsTo
      ? ceremony?.session_id === belongsTo.sessionId
      : ceremony?.setup_link_id === belongsTo.setupLinkId;
  if (!ceremony || !isOwn || ceremony.administrator_id === null) throw new Problem('passkey_refused');
  const made = await verifyCreation(deps.site, ceremony.challenge, credential);
  if (!made) throw new Problem('passkey_refused');
  return {
    id: newId(deps, 'pky'),
    administrator_id: ceremony.administrator_id,
    name: name ?? passkeyName({ ...made, userAgent }),
    credential_id: made.credentialId,
    public_key: made.publicKey,
    counter: made.counter,
    transports: JSON.stringify(made.transports),
    synced: made.synced ? 1 : 0,
    created_at: deps.clock.now(),
    last_used_at: null,
  };
}
