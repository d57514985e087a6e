// Whose a user is: the user source, or the OpenID provider, that brought it. The ids that a source gives mean people only within it.
import type { Read } from '#db/db.ts';
import type { UserRow } from './user.ts';

/** By the id of each user that came from somewhere: the ids of its user source and its OpenID provider. */
async function originsOf(
  read: Read,
  userIds: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  if (userIds.length === 0) return new Map();
  const rows = await read
    .selectFrom('user_source_users')
    .select(['user_id', 'source_id as origin_id'])
    .where('user_id', 'in', userIds)
    .unionAll(
      read
        .selectFrom('openid_provider_users')
        .select(['user_id', 'provider_id as origin_id'])
        .where('user_id', 'in', userIds),
    )
    .execute();
  const origins = Map.groupBy(rows, ({ user_id: id }) => id);
  return new Map([...origins].map(([id, all]) => [id, all.map(({ origin_id: origin }) => origin)]));
}

export interface Sorted {
  /** Of this origin. */
  readonly own: readonly UserRow[];
  /** Of none: made here, imported, by SCIM, or of one that was deleted. */
  readonly free: readonly UserRow[];
}

/** Whoever is another origin’s is in neither. @param originId of a user source or an OpenID provider */
export async function sortByOrigin(
  read: Read,
  rows: readonly UserRow[],
  originId: string | undefined,
): Promise<Sorted> {
  const origins = await originsOf(
    read,
    rows.map(({ id }) => id),
  );
  return {
    own: rows.filter(({ id }) => originId !== undefined && origins.get(id)?.includes(originId) === true),
    free: rows.filter(({ id }) => !origins.has(id)),
  };
}
