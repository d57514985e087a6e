// Naming one subscription for all accounts, and what may be said of it afterwards: one account in trouble must not take push from the others.
import type { OwnPushSubscription } from '@countersign/contract/device-models.ts';
import { codeOf } from '@countersign/ui/server-problem.ts';

export interface Naming<Account, Subscription> {
  /** The key to subscribe with, asked by an account; it is the same for all. @throws ServerProblem, ServerUnreachable */
  readonly keyFor: (account: Account) => Promise<string>;
  readonly subscribe: (key: string) => Promise<Subscription>;
  /** @returns how it stands then. @throws ServerProblem, ServerUnreachable */
  readonly name: (account: Account, subscription: Subscription) => Promise<OwnPushSubscription['state']>;
}

export interface Named<Account> {
  /** `unknown`: the server could not be reached, so it stays as it was. */
  readonly state: 'on' | 'proving' | 'failed' | 'unknown';
  /** Accounts whose subscription the server is proving now, by a token that comes through it. */
  readonly proving: readonly Account[];
}

/** @throws what `subscribe` throws */
export async function nameForAll<Account, Subscription>(
  accounts: readonly Account[],
  { keyFor, subscribe, name }: Naming<Account, Subscription>,
): Promise<Named<Account>> {
  const key = await firstAnswer(accounts, keyFor);
  if (!('value' in key)) return { state: stateAfter(key.codes, 0), proving: [] };
  const subscription = await subscribe(key.value);
  const answers = await Promise.allSettled(accounts.map((account) => name(account, subscription)));
  const proving = accounts.filter((_, index) => {
    const answer = answers[index];
    return answer?.status === 'fulfilled' && answer.value !== 'active';
  });
  const codes = answers.flatMap((answer) => (answer.status === 'rejected' ? [codeOf(answer.reason)] : []));
  const active = answers.length - codes.length - proving.length;
  const state = stateAfter(codes, active + proving.length);
  return { state: state === 'on' && proving.length > 0 ? 'proving' : state, proving };
}

/** One account after the other, until one is answered. */
async function firstAnswer<Account>(
  accounts: readonly Account[],
  ask: (account: Account) => Promise<string>,
): Promise<{ readonly value: string } | { readonly codes: readonly string[] }> {
  const codes: string[] = [];
  for (const account of accounts) {
    try {
      return { value: await ask(account) };
    } catch (error) {
      codes.push(codeOf(error));
    }
  }
  return { codes };
}

/** A device that the server no longer accepts says so itself, at its account; it says nothing about push. */
function stateAfter(codes: readonly string[], taken: number): Named<never>['state'] {
  const troubles = codes.filter((code) => code !== 'proof_invalid');
  if (troubles.length === 0) return taken > 0 ? 'on' : 'failed';
  return troubles.every((code) => code === 'unreachable') ? 'unknown' : 'failed';
}
