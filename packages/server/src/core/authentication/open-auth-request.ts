// Puts a login to the user's devices as a question, unless something changed since the user was looked up.
import { type ChallengeContent, writeMessage } from '@countersign/contract/device-protocol.ts';
import { numberDigits, writeContent } from '#core/approvals/challenge.ts';
import type { Journal } from '#core/audit/journal.ts';
import type { AuditDeps } from '#core/audit/record-audit.ts';
import type { StepEntry } from '#core/audit/steps.ts';
import { checkOf, insertInto, updateOf, type Written } from '#db/row-statement.ts';
import type { AuthRequestTable } from '#db/auth-request-tables.ts';
import { newId } from '#platform/id.ts';
import { newDigits } from '#platform/random.ts';
import { siteOf } from '#platform/relying-party.ts';
import { actorOf, insertPendingRow, pendingRow } from './auth-request-row.ts';
import { newState } from './conversation-state.ts';
import type { Login } from './login.ts';
import type { KnownApplication, KnownUser } from './look-up.ts';

export interface OpenDeps extends AuditDeps {
  readonly journal: Journal;
  readonly publicUrl: string;
}

export interface Question {
  readonly login: Login;
  readonly application: KnownApplication;
  readonly user: KnownUser;
  readonly trail: readonly StepEntry[];
  /** What the first factor's check gave for the door. */
  readonly doorData: Uint8Array | null;
}

export interface Opened {
  readonly requestId: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
  readonly number: string | null;
  /** With which the login goes on in another packet; null when it is waited for. */
  readonly state: Uint8Array | null;
  readonly joined: boolean;
}

const insertChallenge = insertInto('challenges');

/** The user may still be asked, and nobody else asked since: two nodes cannot both believe to be within the limit. */
const countOpened = updateOf<{ id: string; requests_opened: number; now: number }>({
  table: 'users',
  parameters: { id: 'text', requests_opened: 'bigint', now: 'bigint' },
  set: 'requests_opened = users.requests_opened + 1',
  where: `users.id = :id and users.requests_opened = :requests_opened and users.enabled = 1
    and users.held_by_request_id is null and (users.left_alone_until is null or users.left_alone_until <= :now)`,
  required: true,
});

const mayBeAsked = checkOf<{ application_id: string; door: Login['door']['kind'] }>({
  parameters: { application_id: 'text', door: 'text' },
  from: 'applications',
  where: `applications.id = :application_id and applications.enabled = 1
    and (applications.authorisation = 'open' or :door = 'onboarding')`,
});

/** @returns undefined when the same login is open already, or the user changed meanwhile: look again. @throws Unavailable */
export async function openAuthRequest(deps: OpenDeps, question: Question): Promise<Opened | undefined> {
  const { login, application, user, trail } = question;
  const seconds = login.seconds ?? application.requestSeconds;
  const number = login.number === 'none' ? null : newDigits(deps.random, numberDigits);
  const shown: StepEntry[] = number === null ? [] : [{ code: 'number_shown' }];
  const sent: StepEntry = { code: 'request_sent', details: { devices: user.devices, seconds } };
  // Nothing is sent before the commit, so the step says what is to be done.
  const woken: StepEntry[] =
    user.pushes === 0 ? [] : [{ code: 'push_sent', details: { devices: user.pushes } }];
  const row = pendingRow(deps, login, {
    userId: user.id,
    seconds,
    trail: [...trail, ...shown, sent, ...coolingSteps(question), ...woken, ...verificationSteps(question)],
  });
  const goesOn = login.number === 'shown_by_challenge';
  const state = goesOn ? newState(deps, { doorId: login.door.id, username: login.username }) : null;
  // Only a login that goes on in another packet needs the door's data kept; the others are waited for right here.
  const kept = goesOn ? question.doorData : null;
  const written = await deps.journal.write(
    [
      mayBeAsked({ application_id: application.id, door: login.door.kind }),
      countOpened({ id: user.id, requests_opened: user.requestsOpened, now: row.created_at }),
      insertPendingRow({
        ...row,
        state_hash: state?.hash ?? null,
        reply_attributes: kept && deps.vault.seal('door-data', row.id, kept),
      }),
      challengeOf(deps, question, row, number),
    ],
    {
      event: 'auth_request.created',
      actor: actorOf(login),
      applicationId: application.id,
      subjectId: row.id,
      data: { user_id: user.id, door: login.door.kind },
    },
  );
  if (!written) return undefined;
  return { requestId: row.id, expiresAt: row.expires_at, number, state: state?.bytes ?? null, joined: false };
}

const coolingSteps = ({ user: { coolingDevices: devices } }: Question): StepEntry[] =>
  devices === 0 ? [] : [{ code: 'devices_cooling', details: { devices } }];

/** So that whoever looks why nobody approved finds it. */
function verificationSteps({ application, user: { verifiers, devices } }: Question): StepEntry[] {
  if (!application.verifiesUsers) return [];
  return verifiers === 0
    ? [{ code: 'verification_impossible' }]
    : [{ code: 'verification_asked', details: { ready: verifiers, devices } }];
}

function demandOf({ publicUrl }: OpenDeps, { application }: Question) {
  const { id, origin } = siteOf(publicUrl);
  return application.verifiesUsers ? { verification: { rp_id: id, origin } } : {};
}

/** A text of the caller's own, or our sentence with its key. */
function titleOf(
  { title, messages }: Login,
  { name }: KnownApplication,
): Pick<ChallengeContent, 'title' | 'messages'> {
  if (title !== undefined) return { title, ...(messages && { messages }) };
  const message = { key: 'log_in', parameters: { application: name } } as const;
  return { title: writeMessage(message), messages: { title: message, ...messages } };
}

function challengeOf(
  deps: OpenDeps,
  question: Question,
  row: AuthRequestTable,
  number: string | null,
): Written {
  const { login, application, user } = question;
  const id = newId(deps, 'chl');
  const nonce = Buffer.from(deps.random.bytes(24)).toString('base64url');
  const content = writeContent({
    request_id: row.id,
    challenge_id: id,
    nonce,
    application: { name: application.name, access_id: application.accessId },
    username: user.username,
    description: login.description,
    ...titleOf(login, application),
    client: { name: row.client_name, address: row.client_address },
    created_at: row.created_at,
    expires_at: row.expires_at,
    ...(number === null ? {} : { number: { digits: numberDigits } }),
    ...demandOf(deps, question),
  });
  return insertChallenge({
    id,
    auth_request_id: row.id,
    user_id: user.id,
    status: 'pending',
    nonce,
    content,
    number: number === null ? null : deps.vault.seal('challenge-number', id, Buffer.from(number)),
    device_id: null,
    created_at: row.created_at,
    expires_at: row.expires_at,
    decided_at: null,
  });
}
