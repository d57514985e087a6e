// Puts the signing in of an administrator to the phone, as any login is put there, with a number to be typed.
import type { PhoneQuestion } from '@countersign/contract/administrator-models.ts';
import { writeMessage } from '@countersign/contract/device-protocol.ts';
import { findSession } from '#core/administrators/find-session.ts';
import type { AdministratorFacts } from '#core/administrators/administrator.ts';
import type { SessionRow, Visitor } from '#core/administrators/session.ts';
import { updateSession } from '#core/administrators/session-store.ts';
import { closeAuthRequest } from '#core/approvals/close-auth-request.ts';
import { wakeAbout } from '#core/approvals/topics.ts';
import { type Begun, beginLogin, type LoginDeps } from '#core/authentication/begin-login.ts';
import type { Db } from '#db/db.ts';
import type { StopSignal } from '#platform/stop-signal.ts';
import { refuseSignIn, type SignInDeps } from './sign-in-deps.ts';

export type PhoneDeps = SignInDeps & LoginDeps;

const title = { key: 'console_sign_in', parameters: {} } as const;

/**
 * A question that still waits is taken back: only the newest number counts.
 * @param token of the session, half or full, that the browser has.
 * @throws Problem sign_in_refused, also when the phone cannot be asked now
 */
export async function askPhone(
  deps: PhoneDeps,
  visitor: Visitor,
  token: string | undefined,
  signal: StopSignal,
): Promise<PhoneQuestion> {
  const found = await findSession(deps, token);
  const refuse = (cause: string) =>
    refuseSignIn(deps, {
      reason: 'phone_not_askable',
      visitor,
      administratorId: found?.administrator.id,
      cause,
    });
  if (!found) return refuse('no_session');
  const user = await findPhoneUser(deps.db, found.administrator);
  if (!user) return refuse('no_phone');
  await takeBack(deps, found.row);
  const begun = await begin(deps, { visitor, user, administrator: found.administrator, signal });
  if (begun.kind !== 'asked' || begun.number === null)
    return refuse(begun.kind === 'rejected' ? begun.reason : begun.kind);
  const set = { phone_request_id: begun.requestId, phone_until: begun.expiresAt };
  const kept = await deps.db.write((tx) => updateSession(tx, found.row.id, set));
  if (!kept) return refuse('no_session');
  return { number: begun.number, expires_at: begun.expiresAt };
}

interface PhoneUser {
  readonly username: string;
  readonly application_id: string;
}

async function findPhoneUser(
  { read }: Db,
  { phone_user_id: id }: AdministratorFacts,
): Promise<PhoneUser | undefined> {
  if (id === null) return undefined;
  return read
    .selectFrom('users')
    .select(['username', 'application_id'])
    .where('id', '=', id)
    .executeTakeFirst();
}

interface Asking {
  readonly visitor: Visitor;
  readonly user: PhoneUser;
  readonly administrator: AdministratorFacts;
  readonly signal: StopSignal;
}

const begin = (deps: PhoneDeps, { visitor, user, administrator, signal }: Asking): Promise<Begun> => {
  const description = {
    key: 'as_administrator',
    parameters: { administrator: administrator.username },
  } as const;
  return beginLogin(
    deps,
    {
      applicationId: user.application_id,
      username: user.username,
      door: { kind: 'console', id: administrator.id },
      clientName: 'Console',
      clientAddress: visitor.address,
      context: null,
      number: 'shown_by_caller',
      title: writeMessage(title),
      description: writeMessage(description),
      messages: { title, description },
    },
    { signal },
  );
};

/**
 * The session's earlier question, if nobody has answered it. It counts as ignored: whoever knows the password could otherwise ask again and
 * again without the phone ever being left alone.
 */
async function takeBack(
  deps: PhoneDeps,
  { phone_request_id: id, administrator_id }: SessionRow,
): Promise<void> {
  if (id === null) return;
  const closed = await deps.db.write((tx) =>
    closeAuthRequest(tx, deps, {
      authRequestId: id,
      ending: { status: 'expired', reason: 'expired' },
      actor: { kind: 'administrator', id: administrator_id },
      step: { code: 'cancelled', details: { by: 'the console' } },
    }),
  );
  if (closed) wakeAbout(deps.bus, { id, userId: closed.userId });
}
