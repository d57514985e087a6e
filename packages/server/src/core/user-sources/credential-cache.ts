// The credential cache: a password that a user source accepted is accepted again while the source cannot be asked, for some hours, if the
// source says so. Only a hash is kept. Whatever the source says against the person ends that.
import { nameKey, toDisplayable } from '@countersign/contract/text.ts';
import { type AuditDeps, recordAudit } from '#core/audit/record-audit.ts';
import type { Passwords } from '#core/users/passwords.ts';
import { externalIdOf } from '#core/users/users-like.ts';
import { commonTime } from '#db/database-time.ts';
import type { Db, Tx } from '#db/db.ts';
import { Problem, Unavailable } from '#platform/problem.ts';
import type { Secret } from '#platform/secret.ts';
import {
  type Credential,
  findCredential,
  forgetCredential,
  forgetCredentialsBefore,
  giveCredentialTryBack,
  keepCredential,
  markRefused,
  selectCachingSources,
  selectCredentials,
  takeCredentialTry,
  usersMeant,
} from './credential-store.ts';
import type { AnswerOfKind } from './directory.ts';
import { cachedFor, type UserSourceRow } from './user-source.ts';
import type { CacheResult } from './user-sources.ts';

export interface CacheDeps extends AuditDeps {
  readonly db: Db;
  readonly passwords: Passwords;
  /** Told what came of each look into the cache. */
  readonly cacheAsked: (source: string, result: CacheResult) => void;
}

/** What the person gave. */
interface Given {
  readonly username: string;
  readonly password: Secret;
}

/** So many wrong passwords in all are looked at for one that is kept; then it is forgotten, whatever the time. */
const maxWrongTries = 10;
/** Nodes and database may differ by that much. */
const clockToleranceMs = 60_000;
/** They wait in turn with RADIUS clients and onboarding; all caches are one of them. */
const asker = 'credential cache';

/** Keeps the password of the user that the source's answer has become; in the transaction that writes the user. */
export type KeepCredential = (tx: Tx, userId: string) => Promise<void>;

/**
 * After the source accepted. The hash is made now, outside any transaction.
 * @param begunAt when the check began, by `commonTime`. @returns undefined for a password that cannot be kept
 */
export async function prepareCredential(
  { db, clock, passwords }: CacheDeps,
  source: UserSourceRow,
  { username, password }: Given,
  begunAt: number,
): Promise<KeepCredential | undefined> {
  const hash = await hashOf(passwords, password);
  if (hash === undefined) return undefined;
  const kept_at = await commonTime(db, clock);
  return (tx, userId) =>
    keepCredential(
      tx,
      db.dialect,
      {
        user_id: userId,
        source_id: source.id,
        revision: source.revision,
        name_key: nameKey(username),
        password_hash: hash,
        wrong_tries: 0,
        kept_at,
      },
      begunAt,
    );
}

/** Nobody is kept out because a password cannot be kept: too much to do just now, or signs in it that no password here may have. */
async function hashOf(passwords: Passwords, password: Secret): Promise<string | undefined> {
  try {
    return await passwords.hashImported(password.reveal(), asker);
  } catch (error) {
    if (error instanceof Unavailable || error instanceof Problem) return undefined;
    throw error;
  }
}

export type CacheAnswer =
  | { readonly kind: 'accepted'; readonly userId: string; readonly username: string; readonly keptAt: number }
  /** @property username whose kept password was guessed at */
  | { readonly kind: 'wrong' | 'too_many_tries'; readonly username: string }
  | { readonly kind: 'nothing_kept' | 'overloaded' };

/**
 * While the source cannot be asked. Takes as long whether something is kept of the person or not.
 * @param cause why it cannot be asked, for the audit trail
 */
export async function askCache(
  deps: CacheDeps,
  source: UserSourceRow,
  given: Given,
  cause: string,
): Promise<CacheAnswer> {
  const answer = await checkKept(deps, source, given, cause);
  deps.cacheAsked(source.name, answer.kind);
  return answer;
}

async function checkKept(
  deps: CacheDeps,
  source: UserSourceRow,
  { username, password }: Given,
  cause: string,
): Promise<CacheAnswer> {
  const { db, clock, passwords } = deps;
  const now = await commonTime(db, clock);
  const within = { from: now - (cachedFor(source) ?? 0), to: now + clockToleranceMs };
  const kept = await findCredential(db.read, source, username, within);
  const tries = kept && (await db.write((tx) => takeCredentialTry(tx, kept, maxWrongTries)));
  const hash = kept && tries !== undefined ? kept.password_hash : null;
  const verdict = await passwords.verify(hash, password.reveal(), asker);
  if (!kept) return { kind: 'nothing_kept' };
  if (tries === undefined) return { kind: 'too_many_tries', username: kept.username };
  switch (verdict) {
    case 'overloaded':
      await db.write((tx) => giveCredentialTryBack(tx, kept));
      return { kind: 'overloaded' };
    case 'wrong':
      if (tries >= maxWrongTries) await forget(deps, source, [kept], 'too many wrong passwords were tried');
      return { kind: 'wrong', username: kept.username };
    case 'correct':
      return accept(deps, source, kept, cause);
  }
}

/** Only what is still kept now counts: whatever was changed since it was read has taken it away. */
function accept(
  deps: CacheDeps,
  source: UserSourceRow,
  kept: Credential,
  cause: string,
): Promise<CacheAnswer> {
  return deps.db.write(async (tx) => {
    if (!(await giveCredentialTryBack(tx, kept))) return { kind: 'nothing_kept' };
    const data = {
      ...aboutUser(source, kept),
      cause: toDisplayable(cause, 255),
      kept_at: new Date(kept.kept_at).toISOString(),
    };
    await recordAudit(tx, deps, { event: 'user_source.cache_accepted', ...about(source), data });
    return { kind: 'accepted', userId: kept.user_id, username: kept.username, keptAt: kept.kept_at };
  });
}

const about = ({ id, application_id: applicationId }: UserSourceRow) =>
  ({ actor: { kind: 'system' }, applicationId, subjectId: id }) as const;
const aboutUser = ({ name }: UserSourceRow, { username, user_id }: Credential) => ({
  name,
  username,
  user_id,
});

/** Of these nothing follows for the password that is kept. */
const saysNothing: ReadonlySet<string> = new Set(['empty_password', 'password_too_long']);
/** The password may only have been mistyped. */
const mayBeMistyped: ReadonlySet<string> = new Set(['wrong_password', 'radius_rejected']);

/**
 * After the source refused the person or did not know it. The password that is kept is forgotten, unless the refused one is another one:
 * then it was mistyped. What was accepted by checks that began before is not kept any more.
 */
export async function heedRefusal(
  deps: CacheDeps,
  source: UserSourceRow,
  { username: typed, password }: Given,
  answer: AnswerOfKind<'refused' | 'not_found'>,
): Promise<void> {
  if (answer.kind === 'refused' && answer.unchecked) return;
  const reason = answer.kind === 'refused' ? answer.reason : 'not_found';
  if (saysNothing.has(reason)) return;
  if (reason === 'not_found' && !isOwnSpelling(typed)) return;
  const { db, clock } = deps;
  const guid = answer.kind === 'refused' ? externalIdOf(answer.user?.guid ?? '') : '';
  const userIds = await usersMeant(db.read, source, { typed, guid });
  if (userIds.length === 0) return;
  const at = await commonTime(db, clock);
  // First this: what is written after it knows of the refusal, and what was written before it is read here.
  await db.write((tx) => markRefused(tx, source, userIds, at));
  const kept = await selectCredentials(db.read, source, userIds);
  const refuted = mayBeMistyped.has(reason) ? await madeOf(deps, kept, password) : kept;
  await forget(deps, source, refuted, `the user source says ${reason}`);
}

/** What only looks like a name is not found there, and is that name here: whoever types so must not have others' passwords forgotten. */
const isOwnSpelling = (typed: string): boolean =>
  nameKey(typed) === typed.normalize('NFC').trim().toLowerCase();

/** Those that are of this password; when it cannot be looked at, all. */
async function madeOf(
  { passwords }: CacheDeps,
  kept: readonly Credential[],
  password: Secret,
): Promise<readonly Credential[]> {
  const found: Credential[] = [];
  for (const each of kept)
    if ((await passwords.verify(each.password_hash, password.reveal(), asker)) !== 'wrong') found.push(each);
  return found;
}

async function forget(
  deps: CacheDeps,
  source: UserSourceRow,
  kept: readonly Credential[],
  cause: string,
): Promise<void> {
  if (kept.length === 0) return;
  await deps.db.write(async (tx) => {
    for (const each of kept) {
      if (!(await forgetCredential(tx, each))) continue;
      const data = { ...aboutUser(source, each), cause };
      await recordAudit(tx, deps, { event: 'user_source.cache_cleared', ...about(source), data });
    }
  });
}

/** What is kept for longer than its source says is not only of no use: it is gone. */
export async function forgetExpiredCredentials({
  db,
  clock,
}: Pick<CacheDeps, 'db' | 'clock'>): Promise<void> {
  const sources = await selectCachingSources(db.read);
  if (sources.length === 0) return;
  const now = await commonTime(db, clock);
  for (const source of sources) {
    const from = now - (cachedFor(source) ?? 0);
    await db.write((tx) => forgetCredentialsBefore(tx, source.id, from));
  }
}
