// A conversation that a home server begins (Access-Challenge) goes on with the same home server, by the same user through the same
// client. Our State carries all that, sealed, so nothing is kept for it.
import type { Clock } from '#platform/clock.ts';
import { type Vault, VaultError } from '#platform/vault.ts';

const lifetimeMs = 300_000;
/** Value of an attribute at most (RFC 2865 5). */
const maxLength = 253;

interface Belonging {
  readonly homeServerId: string;
  readonly state: Uint8Array;
}

interface StateDeps {
  readonly vault: Vault;
  readonly clock: Clock;
}

/** @returns undefined when the home server's state is too long to be carried */
export function sealState(
  { vault, clock }: StateDeps,
  conversation: string,
  { homeServerId, state }: Belonging,
): Uint8Array | undefined {
  const plain = Buffer.concat([Buffer.from(`${clock.now() + lifetimeMs} ${homeServerId} `), state]);
  const sealed = Buffer.from(vault.seal('home-state', conversation, plain));
  return sealed.length <= maxLength ? sealed : undefined;
}

/** @returns undefined when the state is not ours, too old, or belongs to another user or client */
export function openState(
  { vault, clock }: StateDeps,
  conversation: string,
  sealed: Uint8Array,
): Belonging | undefined {
  try {
    const plain = Buffer.from(vault.open('home-state', conversation, Buffer.from(sealed).toString('latin1')));
    const afterTime = plain.indexOf(' ');
    const afterId = plain.indexOf(' ', afterTime + 1);
    if (Number(plain.subarray(0, afterTime)) < clock.now()) return undefined;
    return {
      homeServerId: plain.toString('latin1', afterTime + 1, afterId),
      state: plain.subarray(afterId + 1),
    };
  } catch (error) {
    if (error instanceof VaultError) return undefined;
    throw error;
  }
}
