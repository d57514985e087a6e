// Starts everything that goes on while the app is open: storage, watching each account, the clock, the browser's signals.
import { connectionOf, pendingChallenges } from '../device/device-calls.ts';
import { deviceNow } from '@countersign/ui/clock.ts';
import { serverClock } from '../platform/clock.ts';
import { followPushes, renewPush } from '../push/push.ts';
import type { Challenge } from '../protocol/challenge.ts';
import { followEvents } from '../protocol/event-stream.ts';
import { seen } from '../requests/requests.ts';
import { listAccounts } from '../storage/accounts.ts';
import { listCodes } from '../storage/codes.ts';
import { type Account, type Database, openDatabase } from '../storage/database.ts';
import { listEnrolments } from '../storage/enrolments.ts';
import { listHistory } from '../storage/history.ts';
import { pauseFor, type Watch, watchAccount } from '../watching/watch-account.ts';
import { type Actions, createActions } from './actions.ts';
import { type AppState, appState, learn, type Link } from './app-state.ts';
import { whenIdle } from './when-idle.ts';

/** A browser opens six connections to a server at most (HTTP/1.1); streams must leave some for calls. */
const maxStreams = 2;
const renewPushMs = 3_600_000;

/** @param provide gets the actions before any screen can need them. @throws when nothing can be stored here */
export async function startApp(provide: (actions: Actions) => void): Promise<void> {
  const db = await openDatabase((letGo) =>
    whenIdle(() => {
      letGo();
      location.reload();
    }),
  );
  const actions = createActions(db);
  provide(actions);
  await readStored(db);
  followAccounts(actions);
  setInterval(() => actions.tick(), 500);
}

async function readStored(db: Database): Promise<void> {
  const [accounts, codes, history, enrolments] = await Promise.all([
    listAccounts(db),
    listCodes(db),
    listHistory(db),
    listEnrolments(db),
  ]);
  learn({ ready: true, accounts, codes, history, enrolments });
}

interface Watched {
  readonly watch: Watch;
  readonly streams: boolean;
}

/** One watch for each account; those of a hidden page poll, so that the page that is looked at has the connections. */
function followAccounts(actions: Actions): void {
  const watches = new Map<string, Watched>();
  const settle = (): void => {
    const { accounts } = appState.get();
    const isVisible = document.visibilityState === 'visible';
    const wanted = new Map(
      accounts.map((account, index) => [account.id, { account, streams: isVisible && index < maxStreams }]),
    );
    for (const [id, { watch, streams }] of watches) {
      if (wanted.get(id)?.streams === streams) continue;
      watch.stop();
      watches.delete(id);
    }
    for (const [id, { account, streams }] of wanted) {
      if (watches.has(id)) continue;
      const look = () => void actions.lookAfter(account).catch(() => undefined);
      const newcomers = () => void actions.lookForNewcomers(account).catch(() => undefined);
      watches.set(id, { watch: startWatch(account, streams, { look, newcomers }), streams });
      look();
      newcomers();
    }
  };
  const askAll = (): void => {
    for (const { watch } of watches.values()) watch.askNow();
  };
  let known = appState.get().accounts;
  appState.follow(() => {
    const { accounts } = appState.get();
    if (accounts === known) return;
    known = accounts;
    settle();
    void renewPush(accounts);
  });
  document.addEventListener('visibilitychange', settle);
  document.addEventListener('visibilitychange', () => closeOutcome(actions));
  addEventListener('online', askAll);
  addEventListener('pageshow', askAll);
  followPushes(() => appState.get().accounts, {
    askAgain: askAll,
    newcomers: () => {
      for (const account of appState.get().accounts)
        void actions.lookForNewcomers(account).catch(() => undefined);
    },
  });
  keepPush();
  settle();
}

/** At the start, and when an app that was never closed is looked at again: browsers change subscriptions as they like. */
function keepPush(): void {
  let renewedAt = -Infinity;
  const renew = (): void => {
    if (document.visibilityState === 'hidden' || deviceNow() - renewedAt < renewPushMs) return;
    renewedAt = deviceNow();
    void renewPush(appState.get().accounts);
  };
  document.addEventListener('visibilitychange', renew);
  renew();
}

/** Who comes back to the app later wants to see how things stand, not how the last request ended. */
function closeOutcome(actions: Actions): void {
  const { view } = appState.get().requests;
  const isRead = view.kind === 'outcome' && view.outcome !== 'not_sent';
  if (isRead && document.visibilityState === 'hidden') actions.dismissOutcome();
}

/** Whether the server must be asked how the account stands: its requests are held, or other ones wait than before (one was reported elsewhere). */
function mayHaveChanged(
  { held, requests }: AppState,
  { id }: Account,
  pending: readonly Challenge[],
): boolean {
  const before = requests.pending[id] ?? [];
  return held.includes(id) || before.map(idOf).join() !== pending.map(idOf).join();
}

const idOf = ({ id }: Challenge): string => id;

interface Looks {
  /** Asks how the account stands. */
  readonly look: () => void;
  readonly newcomers: () => void;
}

function startWatch(account: Account, streams: boolean, { look, newcomers }: Looks): Watch {
  const connection = connectionOf(account);
  const link = (state: Link): void => {
    const { links } = appState.get();
    const before = links[account.id];
    if (before?.state !== state.state || state.state === 'trouble')
      learn({ links: { ...links, [account.id]: state } });
  };
  if (!appState.get().links[account.id]) link({ state: 'connecting' });
  return watchAccount({
    list: pendingChallenges(account, connection),
    ...(streams
      ? { follow: (askAgain, signal) => followEvents(connection, { askAgain, newcomers }, signal) }
      : {}),
    pause: pauseFor,
    report(found) {
      if (found.state === 'trouble') return link(found);
      link({ state: 'connected' });
      if (mayHaveChanged(appState.get(), account, found.pending)) look();
      learn({ requests: seen(appState.get().requests, account.id, found.pending, serverClock.now()) });
    },
  });
}
