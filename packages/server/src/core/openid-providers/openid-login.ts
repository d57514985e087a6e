// A login at an OpenID provider: begun for an owner, answered by that owner, once, in time. All of it is a row, so that any node may get
// the answer; of the state only a hash is kept, the rest is sealed.
import type { OpenidAnswer } from '@countersign/contract/openid-models.ts';
import type { OpenidRefusal } from '@countersign/contract/openid-words.ts';
import type { Selectable } from 'kysely';
import type { AuditDeps } from '#core/audit/record-audit.ts';
import type { Db, Read, Tx } from '#db/db.ts';
import type { OpenidLoginTable } from '#db/openid-tables.ts';
import { newId } from '#platform/id.ts';
import { newToken } from '#platform/random.ts';
import { hashToken } from '#platform/secret.ts';
import type { Vault } from '#platform/vault.ts';
import type { AddressResult, Claims, LoginMarks, OpenidClient } from './openid-client.ts';
import { fieldsOf, openidSettings, type OpenidProviderRow, redirectUriOf } from './openid-provider.ts';
import { findProvider } from './openid-provider-store.ts';
import { type OpenidPerson, readPerson } from './read-person.ts';

export interface OpenidLoginDeps extends AuditDeps {
  readonly db: Db;
  readonly openid: OpenidClient;
  readonly publicUrl: string;
}

/** Whose login it is: an onboarding process, or whoever tests. */
export interface LoginOwner {
  readonly purpose: OpenidLoginTable['purpose'];
  readonly id: string;
}

type LoginRow = Selectable<OpenidLoginTable>;
interface Sealed extends LoginMarks {
  readonly url: string;
}

/** How long the person may take at the provider. */
const loginMs = 10 * 60_000;
const purpose = 'openid-login';

export type BegunLogin =
  | { readonly kind: 'begun'; readonly url: string; readonly expiresAt: number }
  | Extract<AddressResult, { kind: 'unavailable' }>;

/** Logins that the owner began before count no more. @param leadsTo where the answer is taken on: the head of the state */
export async function beginOpenidLogin(
  deps: OpenidLoginDeps,
  provider: OpenidProviderRow,
  owner: LoginOwner,
  { leadsTo, signal }: { readonly leadsTo: string; readonly signal: AbortSignal },
): Promise<BegunLogin> {
  const marks: LoginMarks = {
    state: newToken(deps.random, `${leadsTo}.`),
    nonce: newToken(deps.random, ''),
    verifier: newToken(deps.random, ''),
    redirectUri: redirectUriOf(deps.publicUrl, provider),
  };
  const address = await deps.openid.address(openidSettings(provider, deps.vault), marks, signal);
  if (address.kind === 'unavailable') return address;
  const now = deps.clock.now();
  const id = newId(deps, 'oil');
  const sealed: Sealed = { ...marks, url: address.url };
  const row: LoginRow = {
    id,
    provider_id: provider.id,
    provider_revision: provider.revision,
    purpose: owner.purpose,
    owner_id: owner.id,
    state_hash: hashToken(marks.state),
    secrets: deps.vault.seal(purpose, id, Buffer.from(JSON.stringify(sealed))),
    expires_at: now + loginMs,
    used_at: null,
    created_at: now,
  };
  await deps.db.write(async (tx) => {
    await ownedBy(tx, owner).set({ used_at: now }).where('used_at', 'is', null).execute();
    await tx.insertInto('openid_logins').values(row).execute();
  });
  return { kind: 'begun', url: address.url, expiresAt: row.expires_at };
}

const ownedBy = (tx: Tx, owner: LoginOwner) =>
  tx.updateTable('openid_logins').where('owner_id', '=', owner.id).where('purpose', '=', owner.purpose);

/** The login of an owner that waits for its answer. */
export async function findOpenLogin(
  { db, vault, clock }: { readonly db: Db; readonly vault: Vault; readonly clock: AuditDeps['clock'] },
  owner: LoginOwner,
): Promise<{ readonly url: string; readonly expiresAt: number } | undefined> {
  const row = await db.read
    .selectFrom('openid_logins')
    .selectAll()
    .where('owner_id', '=', owner.id)
    .where('purpose', '=', owner.purpose)
    .where('used_at', 'is', null)
    .where('expires_at', '>', clock.now())
    .executeTakeFirst();
  return row && { url: openSecrets(vault, row).url, expiresAt: row.expires_at };
}

const openSecrets = (vault: Vault, { id, secrets }: LoginRow): Sealed =>
  JSON.parse(Buffer.from(vault.open(purpose, id, secrets)).toString()) as Sealed;

interface Told {
  /** Undefined: no login shows of which provider it would be. */
  readonly provider: OpenidProviderRow | undefined;
  readonly detail: string;
  readonly idToken?: Claims;
  readonly userInfo?: Claims | null;
}
export type AnsweredLogin =
  | {
      readonly kind: 'person';
      readonly provider: OpenidProviderRow;
      readonly person: OpenidPerson;
      readonly idToken: Claims;
      readonly userInfo: Claims | null;
    }
  | (Told & { readonly kind: 'refused'; readonly refusal: OpenidRefusal })
  | (Told & { readonly kind: 'unavailable' });

/** Takes the answer to a login of this owner. The login is used up before anybody is asked, whatever comes of it. */
export async function takeOpenidAnswer(
  deps: OpenidLoginDeps,
  owner: LoginOwner,
  answer: OpenidAnswer,
  signal: AbortSignal,
): Promise<AnsweredLogin> {
  const stateHash = hashToken(answer.state);
  const login = await deps.db.write((tx) => useUp(tx, owner, stateHash, deps.clock.now()));
  if (!login) return refusedState(deps, owner, stateHash);
  const provider = await findProvider(deps.db.read, login.provider_id);
  // Changed, which disabling is, too; or deleted.
  if (provider?.revision !== login.provider_revision)
    return { kind: 'refused', provider, refusal: 'provider_changed', detail: '' };
  // RFC 9700 4.4.2.2: what one provider answers is shown to no other, though that one sent the person there with the state of its own login.
  if (answer.provider_id !== login.provider_id)
    return { kind: 'refused', provider, refusal: 'issuer_of_another', detail: '' };
  const marks = openSecrets(deps.vault, login);
  const redeemed = await deps.openid.redeem(openidSettings(provider, deps.vault), marks, answer, signal);
  if (redeemed.kind !== 'claims') return { ...redeemed, provider };
  const { idToken, userInfo } = redeemed;
  const read = readPerson(fieldsOf(provider), { ...userInfo, ...idToken });
  return { ...read, provider, idToken, userInfo };
}

const useUp = (tx: Tx, owner: LoginOwner, stateHash: string, now: number): Promise<LoginRow | undefined> =>
  ownedBy(tx, owner)
    .set({ used_at: now })
    .where('state_hash', '=', stateHash)
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .returningAll()
    .executeTakeFirst();

async function refusedState(
  { db }: OpenidLoginDeps,
  owner: LoginOwner,
  stateHash: string,
): Promise<AnsweredLogin> {
  const row = await findByState(db.read, stateHash);
  const provider = row && (await findProvider(db.read, row.provider_id));
  return { kind: 'refused', provider, refusal: whyNot(row, owner), detail: '' };
}

const findByState = (read: Read, stateHash: string): Promise<LoginRow | undefined> =>
  read.selectFrom('openid_logins').selectAll().where('state_hash', '=', stateHash).executeTakeFirst();

function whyNot(row: LoginRow | undefined, { id, purpose: wanted }: LoginOwner): OpenidRefusal {
  if (!row) return 'answer_unknown';
  if (row.owner_id !== id || row.purpose !== wanted) return 'answer_of_another';
  return row.used_at === null ? 'answer_expired' : 'answer_used';
}

/** An hour later nobody wonders any more what became of an answer. */
export async function forgetOpenidLogins({
  db,
  clock,
}: Pick<OpenidLoginDeps, 'db' | 'clock'>): Promise<void> {
  const before = clock.now() - 3_600_000;
  await db.write((tx) => tx.deleteFrom('openid_logins').where('expires_at', '<', before).execute());
}
