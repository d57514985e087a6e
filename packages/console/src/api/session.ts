// Who is signed in, and the two questions that a call may put to the person: to sign in again, and to prove that it is still them.
import type { Session } from '@countersign/contract/administrator-models.ts';
import { mayRole } from '@countersign/contract/roles.ts';
import type { Scope } from '@countersign/contract/scopes.ts';
import { createStore } from '@countersign/ui/store.ts';
import { ServerProblem, codeOf } from '@countersign/ui/server-problem.ts';
import { NotProved } from './problem.ts';
import { type CallName, send } from './send.ts';
import { routeTable } from './route-table.ts';

export interface SessionState {
  readonly status: 'opening' | 'signed_out' | 'signed_in' | 'failed';
  /** Kept while signing in again, so that the page behind stays what it is. */
  readonly session: Session | undefined;
  /** Why it failed. */
  readonly code?: string;
  /** The session ended while somebody was at work. */
  readonly expired?: boolean;
}

export const sessionState = createStore<SessionState>({ status: 'opening', session: undefined });

/** Asks the server who is signed in. Never throws: the state tells. */
export async function openSession(): Promise<void> {
  try {
    signedIn(await send('getSession', {}));
  } catch (error) {
    if (error instanceof ServerProblem && error.status === 401)
      sessionState.change(() => ({ status: 'signed_out', session: undefined }));
    else sessionState.change(() => ({ status: 'failed', session: undefined, code: codeOf(error) }));
  }
}

/** After signing in, using a setup link, proving anew, or changing the own sign-in. */
export function signedIn(session: Session): void {
  const before = sessionState.get().session;
  sessionState.change(() => ({ status: 'signed_in', session }));
  // What is on the screen is what the other one may see, and what waits to be repeated was asked by the other one.
  if (before && before.administrator.id !== session.administrator.id) return location.reload();
  signedInAgain.answer(true);
}

export async function logOut(): Promise<void> {
  await send('endSession', {}).catch((error: unknown) => {
    if (!(error instanceof ServerProblem && error.status === 401)) throw error;
  });
  // Nothing of the last one stays in memory.
  location.hash = '#/';
  location.reload();
}

/** Something beside the password, without which signing in again leads to nothing but adding one. */
export const hasSecondFactor = ({ administrator }: Session): boolean =>
  administrator.passkey_count > 0 || administrator.phone_user !== null;

/** Whether the role of whoever is signed in may call a route. */
export function mayCall(name: CallName, { session }: SessionState = sessionState.get()): boolean {
  const [method, , who] = routeTable[name];
  if (who === 'public') return true;
  if (!session) return false;
  if (who === 'administrator') return true;
  return mayRole(session.administrator.role, who satisfies Scope, method === 'GET' ? 'reads' : 'changes');
}

/** One question to the person at a time; whoever asks meanwhile waits for the same answer. */
function createQuestion() {
  const asking = createStore(false);
  let waiting: ((isYes: boolean) => void)[] = [];
  return {
    asking,
    ask: (): Promise<boolean> =>
      new Promise((resolve) => {
        waiting.push(resolve);
        asking.change(() => true);
      }),
    answer(isYes: boolean): void {
      const answered = waiting;
      waiting = [];
      asking.change(() => false);
      for (const resolve of answered) resolve(isYes);
    },
  };
}

const signedInAgain = createQuestion();
export const proof = createQuestion();

/** While the session that somebody was at work with is over. */
export const isSignedOut = (): boolean => sessionState.get().expired === true;

/** Resolves when somebody has signed in again. */
export async function signInAgain(): Promise<void> {
  sessionState.change(({ session }) => ({ status: 'signed_out', session, expired: session !== undefined }));
  await signedInAgain.ask();
}

/** Resolves when the proof was given. @throws NotProved when the dialog was closed */
export async function proveAnew(): Promise<void> {
  if (!(await proof.ask())) throw new NotProved();
}
