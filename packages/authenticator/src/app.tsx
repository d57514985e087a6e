// The whole app: a request takes the screen; else the screen that the address names, within the frame.
import { useEffect } from 'preact/hooks';
import { Boundary } from '@countersign/ui/parts/boundary.tsx';
import { Button } from '@countersign/ui/parts/button.tsx';
import { Icon, type IconName } from '@countersign/ui/parts/icon.tsx';
import { Notice } from '@countersign/ui/parts/problem.tsx';
import { Skeleton } from '@countersign/ui/parts/facts.tsx';
import { browserState, updateNow } from './platform/browser-state.ts';
import { closeNotifications } from './push/push.ts';
import { serverClock } from './platform/clock.ts';
import { type Asked, type View, waiting } from './requests/requests.ts';
import type { Account } from './storage/database.ts';
import { AccountScreen } from './screens/account-screen.tsx';
import { AccountsScreen } from './screens/accounts-screen.tsx';
import { AddScreen } from './screens/add-screen.tsx';
import { BindScreen } from './screens/bind-screen.tsx';
import { CodeScreen } from './screens/code-screen.tsx';
import { CodesScreen } from './screens/codes-screen.tsx';
import { EnrolScreen } from './screens/enrol-screen.tsx';
import { EvidenceScreen, HistoryScreen } from './screens/history-screen.tsx';
import { Hints } from './screens/hints.tsx';
import { InstallHint } from './screens/install-hint.tsx';
import { OutcomeScreen } from './screens/outcome-screen.tsx';
import { RequestScreen } from './screens/request-screen.tsx';
import { ScanScreen } from './screens/scan-screen.tsx';
import { titleOf } from './requests/shown-text.ts';
import { SettingsScreen } from './screens/settings-screen.tsx';
import { isMissing } from './screens/verification-card.tsx';
import { type AppState, appState } from './state/app-state.ts';
import { hrefOf, type Route, route, type ScreenName } from './state/route.ts';
import { useStore } from '@countersign/ui/store.ts';
import { useWords, type Word } from './words/words.ts';

export function App() {
  const speech = useWords();
  const { t } = speech;
  const state = useStore(appState);
  const now = useStore(route);
  const { view } = state.requests;
  const title = view.kind === 'asking' ? `(1) ${titleOf(speech, view.challenge.content)}` : t('app.name');
  useEffect(() => {
    document.title = title;
  }, [title]);
  const asked = view.kind === 'asking' ? view.challenge.id : undefined;
  useEffect(() => {
    // The picture of the installed app says it too, where the system can.
    const badge = asked === undefined ? navigator.clearAppBadge?.() : navigator.setAppBadge?.(1);
    void badge?.catch(() => undefined);
    if (asked !== undefined) void closeNotifications().catch(() => undefined);
  }, [asked]);
  return (
    <>
      <p class="unseen" role="alert">
        {view.kind === 'asking'
          ? t(view.another ? 'request.arrived_another' : 'request.arrived', {
              title: titleOf(speech, view.challenge.content),
            })
          : ''}
      </p>
      {view.kind === 'none' ? <Frame state={state} route={now} /> : <AskedScreen state={state} view={view} />}
    </>
  );
}

function AskedScreen({
  state,
  view,
}: {
  readonly state: AppState;
  readonly view: Exclude<View, { kind: 'none' }>;
}) {
  if (view.kind === 'outcome')
    return (
      <main class="full">
        <OutcomeScreen view={view} />
      </main>
    );
  const others = waiting(state.requests, serverClock.now()).filter(
    ({ challenge }) => challenge.id !== view.challenge.id,
  );
  return (
    <main class="full">
      <RequestScreen
        key={view.challenge.id}
        accountId={view.accountId}
        challenge={view.challenge}
        application={state.accounts.find(({ id }) => id === view.accountId)?.application}
        sending={view.kind === 'sending' ? view.reply.decision : undefined}
        more={others.length}
        another={view.another}
        toSetUp={toSetUp(state, view)}
      />
    </main>
  );
}

/** What keeps accounts from working comes before what would make the app better. */
const mustSetUp = ({ accounts, verifications }: AppState): boolean =>
  accounts.some(({ id }) => isMissing(verifications[id]));

/** Only where the request itself wants it: the application may have been changed since. */
function toSetUp(
  { accounts, verifications }: AppState,
  { accountId, challenge }: Asked,
): Account | undefined {
  const isWanted = challenge.content.verification !== undefined;
  if (!isWanted || verifications[accountId]?.credential !== null) return undefined;
  return accounts.find(({ id }) => id === accountId);
}

function Frame({ state, route: { screen, id } }: { readonly state: AppState; readonly route: Route }) {
  const { t } = useWords();
  return (
    <>
      <a class="skip" href="#main" onClick={skip}>
        {t('app.skip')}
      </a>
      <header class="bar">
        <p class="brand">
          <img src="icon.svg" alt="" width="28" height="28" /> {t('app.name')}
        </p>
        <Navigation screen={screen} />
      </header>
      <main id="main" class="page" tabIndex={-1}>
        <Banners state={state} />
        <Boundary key={`${screen}/${id}`}>
          <OpenScreen state={state} screen={screen} id={id} />
        </Boundary>
      </main>
    </>
  );
}

/** The fragment is the address of the screen, so that the skip link cannot use it. */
function skip(event: Event): void {
  event.preventDefault();
  document.getElementById('main')?.focus();
}

const places: readonly (readonly [ScreenName, IconName, Word, readonly ScreenName[]])[] = [
  ['accounts', 'accounts', 'nav.accounts', ['accounts', 'account', 'add', 'scan', 'bind', 'enrol']],
  ['codes', 'codes', 'nav.codes', ['codes', 'code']],
  ['history', 'history', 'nav.history', ['history', 'evidence']],
  ['settings', 'settings', 'nav.settings', ['settings']],
];

function Navigation({ screen }: { readonly screen: ScreenName }) {
  const { t } = useWords();
  return (
    <nav class="nav" aria-label={t('nav.label')}>
      {places.map(([name, icon, word, screens]) => (
        <a key={name} href={hrefOf(name)} aria-current={screens.includes(screen) ? 'page' : undefined}>
          <Icon name={icon} />
          <span>{t(word)}</span>
        </a>
      ))}
    </nav>
  );
}

function Banners({ state }: { readonly state: AppState }) {
  const { t } = useWords();
  const { online, waiting: newVersion } = useStore(browserState);
  return (
    <>
      {online ? null : (
        <p class="banner" role="status">
          {t('offline.banner')}
        </p>
      )}
      {newVersion ? (
        <p class="banner" role="status">
          <span>{t('update.ready')}</span>
          <Button onClick={updateNow}>{t('update.now')}</Button>
        </p>
      ) : null}
      {state.broken ? (
        <Notice title={t('app.no_storage')}>
          <p>{t('app.no_storage_help')}</p>
        </Notice>
      ) : null}
    </>
  );
}

function OpenScreen({
  state,
  screen,
  id,
}: {
  readonly state: AppState;
  readonly screen: ScreenName;
  readonly id: string;
}) {
  const { t } = useWords();
  if (state.broken) return null;
  if (!state.ready) return <Skeleton label={t('app.loading')} />;
  switch (screen) {
    case 'accounts':
      return (
        <>
          <AccountsScreen state={state} />
          {state.accounts.length > 0 && !mustSetUp(state) ? <Hints /> : null}
          {state.accounts.length === 0 && state.codes.length > 0 ? <InstallHint /> : null}
        </>
      );
    case 'account':
      return <AccountScreen key={id} state={state} id={id} />;
    case 'add':
      return <AddScreen />;
    case 'scan':
      return <ScanScreen />;
    case 'bind':
      return <BindScreen state={state} />;
    case 'enrol':
      return <EnrolScreen key={id} state={state} accessId={id} />;
    case 'codes':
      return <CodesScreen codes={state.codes} />;
    case 'code':
      return <CodeScreen scanned={state.scanned} />;
    case 'history':
      return <HistoryScreen history={state.history} />;
    case 'evidence':
      return <EvidenceScreen history={state.history} id={id} />;
    case 'settings':
      return <SettingsScreen />;
  }
}
