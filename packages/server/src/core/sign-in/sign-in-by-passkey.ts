// Signs in, goes on after the password, or proves anew who is there, with a passkey that verified its user: both factors in one.
import type { PasskeyCeremony, Session } from '@countersign/contract/administrator-models.ts';
import { beginCeremony, type CeremonyRow, takeCeremony } from '#core/administrators/ceremony.ts';
import { findSession } from '#core/administrators/find-session.ts';
import {
  countUse,
  findPasskey,
  type PasskeyRow,
  selectPasskeys,
} from '#core/administrators/passkey-store.ts';
import type { SessionRow, Visitor } from '#core/administrators/session.ts';
import { relyingParty, requestOptions, verifyUse } from '#core/administrators/webauthn.ts';
import { prove } from './prove.ts';
import { refuseSignIn, type SignInDeps } from './sign-in-deps.ts';

/** @param token of the session, half or full, that the browser has. @throws Problem passkeys_unsupported */
export async function beginPasskeySignIn(
  deps: SignInDeps,
  token: string | undefined,
): Promise<PasskeyCeremony> {
  relyingParty(deps.site);
  const session = (await findSession(deps, token))?.row;
  const administratorId = session?.administrator_id ?? null;
  const own = administratorId === null ? [] : await selectPasskeys(deps.db.read, administratorId);
  const ceremony = await beginCeremony(deps, {
    kind: 'get',
    administratorId,
    sessionId: session?.id ?? null,
    setupLinkId: null,
  });
  const allowed = own.map(({ credential_id }) => credential_id);
  const options = await requestOptions(deps.site, ceremony.challenge, allowed);
  return { ceremony_id: ceremony.id, options: { ...options } };
}

type Credential = Readonly<Record<string, unknown>>;

/** @returns a token for the cookie unless the session stays. @throws Problem sign_in_refused */
export async function signInByPasskey(
  deps: SignInDeps,
  visitor: Visitor,
  token: string | undefined,
  { ceremony_id, credential }: { readonly ceremony_id: string; readonly credential: Credential },
): Promise<{ readonly session: Session; readonly token: string | null }> {
  const former = (await findSession(deps, token))?.row;
  const ceremony = await takeCeremony(deps, 'get', ceremony_id);
  const passkey =
    typeof credential.id === 'string' ? await findPasskey(deps.db.read, credential.id) : undefined;
  const refuse = () =>
    refuseSignIn(deps, {
      reason: 'passkey_not_accepted',
      visitor,
      administratorId: passkey?.administrator_id,
    });
  if (!ceremony || !passkey || !belongs(ceremony, passkey, former, credential)) return refuse();
  const used = await verifyUse(deps.site, ceremony.challenge, credential, passkey);
  if (!used) return refuse();
  const proved = await prove(deps, {
    administratorId: passkey.administrator_id,
    method: 'passkey',
    visitor,
    former,
    use: (tx) => countUse(tx, passkey.id, { ...used, now: deps.clock.now() }),
  });
  return proved ?? refuse();
}

/** A ceremony is good for the session that began it, or for whoever has none; and the passkey says itself whose it is. */
function belongs(
  ceremony: CeremonyRow,
  passkey: PasskeyRow,
  session: SessionRow | undefined,
  { response }: Credential,
): boolean {
  if (ceremony.session_id !== (session?.id ?? null)) return false;
  if (ceremony.administrator_id !== null && ceremony.administrator_id !== passkey.administrator_id)
    return false;
  const handle = (response as { readonly userHandle?: unknown } | null | undefined)?.userHandle;
  const own = Buffer.from(passkey.administrator_id).toString('base64url');
  // Absent where the passkeys were named (WebAuthn 7.2 step 6).
  return handle === own || (ceremony.administrator_id !== null && handle === undefined);
}
