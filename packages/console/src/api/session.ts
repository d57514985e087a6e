// Who is signed in, and the two questions that a call may put to the person: to sign in again, and to prove that it is still them.
import type { Session } from '@countersign/contract/administrator-models.ts';
import { mayRole } from '@countersign/contract/roles.ts';
import type { Scope } from '@countersign/contract/scopes.ts';
import { deviceNow } from '@countersign/ui/clock.ts';
import { createStore } from '@countersign/ui/store.ts';
import { codeOf, ServerProblem } from '@countersign/ui/server-problem.ts';
import { guardLeaving, mayLeaveNow } from '../router/router.ts';
import { type Holder, tellOtherTabs } from './other-tabs.ts';
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
  /** When the page behind is let go of then, epoch milliseconds. */
  readonly keptUntil?: number;
  /** It failed to end: whoever was here is still signed in. */
  readonly isLeaving?: boolean;
}

export const sessionState = createStore<SessionState>({ status: 'opening', session: undefined });

/** Whose answers, input and waiting calls this page holds: as long as it is not loaded anew, it is nobody else's. */
let holder: string | undefined;

/** Unseen, the page is kept so long for whoever comes back; somebody else who is there has ways to look into it. */
const keptMs = 600_000;
let dropping: ReturnType<typeof setTimeout> | undefined;

function sessionIsOver(): void {
  const { session } = sessionState.get();
  if (isSignedOut()) return;
  if (session) dropping = setTimeout(startOver, keptMs);
  const kept = session ? { expired: true, keptUntil: deviceNow() + keptMs } : {};
  sessionState.change(() => ({ status: 'signed_out', session, ...kept }));
}

/** Asks the server who is signed in. Never throws: the state tells. */
export async function openSession(): Promise<void> {
  try {
    signedIn(await send('getSession', {}));
  } catch (error) {
    if (error instanceof ServerProblem && error.status === 401) sessionIsOver();
    else sessionState.change(() => ({ status: 'failed', session: undefined, code: codeOf(error) }));
  }
}

/**
 * After signing in, using a setup link, proving anew, or changing the own sign-in.
 * @returns false when it is somebody else than before: then the page is loaded anew, and nothing that waits may go on
 */
export function signedIn(session: Session): boolean {
  const { id } = session.administrator;
  tellOtherTabs(id);
  if (holder !== undefined && holder !== id) {
    startOver();
    return false;
  }
  holder = id;
  clearTimeout(dropping);
  sessionState.change(() => ({ status: 'signed_in', session }));
  signedInAgain.answer(true);
  return true;
}

/** Nothing of whoever was here stays on the page or in memory; the browser must not ask whether unsaved input may go. */
function startOver(): void {
  guardLeaving(undefined);
  sessionState.change(() => ({ status: 'opening', session: undefined }));
  location.reload();
}

/** Asks about unsaved input first: once the session has ended nothing can be saved. */
export async function logOut(): Promise<void> {
  if (!mayLeaveNow()) return;
  try {
    await send('endSession', {});
  } catch (error) {
    if (!(error instanceof ServerProblem && error.status === 401))
      return sessionState.change(() => ({
        status: 'failed',
        session: undefined,
        code: codeOf(error),
        isLeaving: true,
      }));
  }
  tellOtherTabs(null);
  guardLeaving(undefined);
  location.hash = '#/';
  startOver();
}

/** What was heard from another tab: the cookie of this one is not what it was. */
export function heardFromOtherTab(now: Holder): void {
  if (holder !== undefined && now !== holder) startOver();
  else if (now !== null && sessionState.get().status === 'signed_out') void openSession();
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

/** Resolves when the same one has signed in again. */
export async function signInAgain(): Promise<void> {
  sessionIsOver();
  await signedInAgain.ask();
}

/** Resolves when the proof was given. @throws NotProved when the dialog was closed */
export async function proveAnew(): Promise<void> {
  if (!(await proof.ask())) throw new NotProved();
}
