// The state with which a door comes back after showing a number (RADIUS State, RFC 2865 5.24): unguessable, good once, for the same
// door and user only, and not much longer than the request itself.
import { createHash } from 'node:crypto';
import { nameKey } from '@countersign/contract/text.ts';
import type { Db } from '#db/db.ts';
import type { Clock } from '#platform/clock.ts';
import type { Random } from '#platform/random.ts';

interface Conversation {
  readonly doorId: string;
  readonly username: string;
}

/** Length of a state, in bytes. */
export const stateBytes = 24;
/** People approve first and press Enter at the login a little later. */
const graceMs = 60_000;

/** A new state, and what is kept of it with the auth request. */
export function newState(
  { random }: { random: Random },
  conversation: Conversation,
): { readonly bytes: Uint8Array; readonly hash: string } {
  const bytes = random.bytes(stateBytes);
  return { bytes, hash: hashState(bytes, conversation) };
}

/** Uses a state up. @returns the auth request's id, or undefined when the state is unknown, used, too old or somebody else's */
export async function takeState(
  deps: { db: Db; clock: Clock },
  state: Uint8Array,
  conversation: Conversation,
): Promise<string | undefined> {
  const row = await deps.db.write((tx) =>
    tx
      .updateTable('auth_requests')
      .set({ state_hash: null })
      .where('state_hash', '=', hashState(state, conversation))
      .where('expires_at', '>', deps.clock.now() - graceMs)
      .returning('id')
      .executeTakeFirst(),
  );
  return row?.id;
}

/** The door and the user are part of what is hashed, so a state cannot be carried to another. */
const hashState = (state: Uint8Array, { doorId, username }: Conversation): string =>
  createHash('sha256')
    .update(state)
    .update(JSON.stringify([doorId, nameKey(username)]))
    .digest('base64url');
