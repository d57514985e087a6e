// Plays a login of a RADIUS client in the server, for whoever sets one up: a real login in every respect, told to the audit trail.
import type { TestLoginResult } from '@countersign/contract/overview-models.ts';
import { type Actor, type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { Db } from '#db/db.ts';
import { Problem } from '#platform/problem.ts';
import { requireRadiusClient } from './radius-client-store.ts';

export interface LoginToPlay {
  readonly clientId: string;
  readonly username: string;
  readonly password: string;
  /** Where it is said to come from, an IP address. */
  readonly from: string;
}

export interface Played {
  readonly answer: TestLoginResult['answer'];
  /** As far as it is known. */
  readonly requestId: string | null;
  /** What the gateway would show; null when nothing. */
  readonly message: string | null;
}

/** Implemented by the RADIUS gateway. Ends with `silence` when the signal fires. @throws Unavailable */
export type PlayLogin = (login: LoginToPlay, signal: AbortSignal) => Promise<Played>;

/** A RADIUS attribute's (RFC 2865 5). */
const maxNameBytes = 253;
/** User-Password (RFC 2865 5.2). */
const maxPasswordBytes = 128;
/** Beyond the time in which a person may answer: for home servers, and for the answer on its way. */
const graceMs = 30_000;

/**
 * Waits for the answer, at most a little longer than the application lets people answer.
 * @param visible id of the only application that the caller may see; null for all.
 * @param signal fires when the caller goes away; the login itself goes on, as when a gateway gives up.
 * @throws Problem not_found, invalid_request (longer than RADIUS can carry); Unavailable
 */
export async function testLogin(
  deps: AuditDeps & { readonly db: Db; readonly playLogin: PlayLogin },
  actor: Actor,
  visible: string | null,
  login: LoginToPlay,
  signal: AbortSignal,
): Promise<TestLoginResult> {
  refuseTooLong(login);
  const client = await requireRadiusClient(deps.db.read, visible, login.clientId);
  const seconds = await requestSeconds(deps.db, client.application_id);
  await deps.db.write((tx) =>
    recordAudit(tx, deps, {
      event: 'test_login.played',
      actor,
      applicationId: client.application_id,
      subjectId: client.id,
      data: { username: login.username },
    }),
  );
  const began = deps.clock.monotonic();
  const within = AbortSignal.timeout(seconds * 1000 + graceMs);
  const { answer, requestId, message } = await deps.playLogin(login, AbortSignal.any([signal, within]));
  return {
    answer,
    auth_request_id: requestId,
    message,
    duration_ms: Math.round(deps.clock.monotonic() - began),
  };
}

function refuseTooLong({ username, password }: LoginToPlay): void {
  const tooLong = (field: string, text: string, most: number) =>
    Buffer.byteLength(text) > most ? [{ field, message: `must have at most ${most} bytes of UTF-8` }] : [];
  const errors = [
    ...tooLong('username', username, maxNameBytes),
    ...tooLong('password', password, maxPasswordBytes),
  ];
  if (errors.length > 0) throw new Problem('invalid_request', undefined, errors);
}

async function requestSeconds({ read }: Db, applicationId: string): Promise<number> {
  const row = await read
    .selectFrom('applications')
    .select('request_seconds')
    .where('id', '=', applicationId)
    .executeTakeFirst();
  if (!row) throw new Problem('not_found');
  return row.request_seconds;
}
