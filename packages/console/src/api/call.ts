// A call as pages make it: a session that has ended and a proof that is missing are put right on the way, and the call is repeated.
import { ServerProblem } from '@countersign/ui/server-problem.ts';
import { type CallInput, type CallName, type CallOutput, send, type SendOptions } from './send.ts';
import { createStore } from '@countersign/ui/store.ts';
import { routeTable } from './route-table.ts';
import { isSignedOut, openSession, proveAnew, signInAgain } from './session.ts';

/** Routes without any part may be called by name alone. */
type CallArguments<N extends CallName> =
  Record<never, never> extends CallInput<N>
    ? [name: N, input?: CallInput<N>, options?: SendOptions]
    : [name: N, input: CallInput<N>, options?: SendOptions];

/**
 * `call('listUsers', { query: { search: 'a' } })`. Asks the person to sign in again or to prove who is there when the server wants it.
 * @throws ServerProblem, ServerUnreachable, NotProved, or the reason of `options.signal`
 */
export const call = <N extends CallName>(
  ...[name, input, options]: CallArguments<N>
): Promise<CallOutput<N>> => callWith(name, input ?? ({} as CallInput<N>), options);

/** The same for whoever has the parts at hand already. */
export async function callWith<N extends CallName>(
  name: N,
  input: CallInput<N>,
  options?: SendOptions,
): Promise<CallOutput<N>> {
  for (;;) {
    // The server would only say so again, to every page that follows something.
    if (isSignedOut()) await signInAgain();
    try {
      const answer = await send(name, input, options);
      if (changes(name)) changesMade.change((before) => before + 1);
      return answer;
    } catch (error) {
      if (!(await isPutRight(error))) throw error;
    }
  }
}

/** How often this page has changed something at the server: for what shows a state of many things, such as the bell. */
export const changesMade = createStore(0);

const changes = (name: CallName): boolean => {
  const [method, , who] = routeTable[name];
  return method !== 'GET' && who !== 'public';
};

async function isPutRight(error: unknown): Promise<boolean> {
  if (!(error instanceof ServerProblem)) return false;
  if (error.code === 'unauthorized') await signInAgain();
  else if (error.code === 'step_up_required') await proveAnew();
  else {
    // The screen for it takes the place of the page.
    if (error.code === 'second_factor_missing') await openSession();
    return false;
  }
  return true;
}
