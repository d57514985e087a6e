// Creates or refreshes the user that a person of an OpenID provider is. Issuer and subject decide who it is; a user of the same name is
// taken over only where the provider's settings say so.
import { nameKey, toDisplayable } from '@countersign/contract/text.ts';
import type { Actor, AuditDeps } from '#core/audit/record-audit.ts';
import { keepForeignUser, type KeptForeignUser } from '#core/users/keep-foreign-user.ts';
import type { UserRow } from '#core/users/user.ts';
import { sortByOrigin } from '#core/users/user-origins.ts';
import { usersLike } from '#core/users/users-like.ts';
import type { Tx } from '#db/db.ts';
import { fieldsOf, type OpenidProviderRow } from './openid-provider.ts';
import type { OpenidPerson } from './read-person.ts';

export async function keepOpenidUser(
  tx: Tx,
  deps: AuditDeps,
  actor: Actor,
  provider: OpenidProviderRow,
  person: OpenidPerson,
): Promise<KeptForeignUser> {
  const { existing_users: rule, groups } = fieldsOf(provider);
  const { application_id: applicationId } = provider;
  const username_key = nameKey(toDisplayable(person.username, 255).trim());
  const like = await usersLike(tx, applicationId, { username_key, external_guid: person.guid });
  const known = await findKnown(tx, provider, person, like);
  const named = known ? undefined : like.find((user) => user.username_key === username_key);
  if (named && rule === 'refuse') return { kind: 'name_of_another' };
  const before = known ?? named;
  const kept = await keepForeignUser(tx, deps, actor, {
    applicationId,
    source: provider.name,
    // What the provider does not tell stays as it is: it may have been typed in here.
    user: {
      ...person,
      full_name: person.full_name === '' ? (before?.full_name ?? '') : person.full_name,
      email: person.email === '' ? (before?.email ?? '') : person.email,
      phone: person.phone === '' ? (before?.phone ?? '') : person.phone,
    },
    from: { id: provider.id, teams: groups.map(({ team }) => team), knows: 'people' },
  });
  if ('userId' in kept) await remember(tx, deps, provider, kept.userId);
  return kept;
}

/** One who came by this provider before, or whose id was set here. */
async function findKnown(
  tx: Tx,
  { id }: OpenidProviderRow,
  { guid }: OpenidPerson,
  like: readonly UserRow[],
): Promise<UserRow | undefined> {
  const withId = like.filter(({ external_guid: each }) => each === guid);
  const { own, free } = await sortByOrigin(tx, withId, id);
  return own[0] ?? free[0];
}

async function remember(
  tx: Tx,
  { clock }: AuditDeps,
  { id }: OpenidProviderRow,
  userId: string,
): Promise<void> {
  const row = { provider_id: id, seen_at: clock.now() };
  await tx
    .insertInto('openid_provider_users')
    .values({ user_id: userId, ...row })
    .onConflict((c) => c.column('user_id').doUpdateSet(row))
    .execute();
}
