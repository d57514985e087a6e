// Logins whose number was shown and that go on in another packet. Kept in memory: there is nowhere else, and a restart of the proxy
// costs such a login a new try.
import { createHash } from 'node:crypto';
import { nameKey } from '@countersign/contract/text.ts';
import { stateBytes } from '#core/authentication/conversation-state.ts';
import type { Login } from '#core/authentication/login.ts';
import type { AskedServer } from '#core/authentication/remote-outcome.ts';
import type { Clock } from '#platform/clock.ts';
import type { Random } from '#platform/random.ts';

export interface Conversation {
  readonly asked: AskedServer;
  /** Until when the auth request can be answered, monotonic milliseconds. */
  readonly deadline: number;
}

export interface NumberConversations {
  /** @returns a state, unguessable and good once, or undefined when too many logins are under way */
  give(login: Login, conversation: Conversation): Uint8Array | undefined;
  /** Uses a state up. @returns undefined when it is unknown, used, too old, or of another client or user */
  take(login: Login, state: Uint8Array): Conversation | undefined;
}

/** People approve first and press Enter at the login a little later. */
const graceMs = 60_000;
const mostConversations = 10_000;

export function createNumberConversations({
  clock,
  random,
}: {
  clock: Clock;
  random: Random;
}): NumberConversations {
  const open = new Map<string, Conversation>();
  const isOver = ({ deadline }: Conversation): boolean => deadline + graceMs <= clock.monotonic();
  const makeRoom = (): void => {
    for (const [key, conversation] of open) {
      if (!isOver(conversation)) return;
      open.delete(key);
    }
  };
  return {
    give(login, conversation) {
      makeRoom();
      if (open.size >= mostConversations) return undefined;
      const state = random.bytes(stateBytes);
      open.set(keyOf(login, state), conversation);
      return state;
    },
    take(login, state) {
      const key = keyOf(login, state);
      const conversation = open.get(key);
      open.delete(key);
      return conversation && !isOver(conversation) ? conversation : undefined;
    },
  };
}

/** The client and the user are part of what is hashed, so a state cannot be carried to another. */
const keyOf = ({ door, username }: Login, state: Uint8Array): string =>
  createHash('sha256')
    .update(state)
    .update(JSON.stringify([door.id, nameKey(username)]))
    .digest('base64url');
