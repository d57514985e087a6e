// The whole console: who is signed in decides what is shown; then the page that the address names, within the frame.
import type { ComponentChildren, ComponentType } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useStore } from '@countersign/ui/store.ts';
import { logOut, mayCall, openSession, type SessionState, sessionState } from './api/session.ts';
import { Frame } from './layout/frame.tsx';
import { focusBack } from './parts/first-focus.ts';
import { LinkButton } from './parts/link-button.tsx';
import { Page } from './parts/page.tsx';
import { Toasts } from './parts/toasts.tsx';
import { pages } from './pages.tsx';
import { EnrolPage } from './pages/sign-in/enrol-page.tsx';
import { Closed, Opening } from './pages/sign-in/opening.tsx';
import { ProofDialog } from './pages/sign-in/proof-dialog.tsx';
import { SignInPage } from './pages/sign-in/sign-in-page.tsx';
import type { Route } from './router/paths.ts';
import { useRoute } from './router/router.ts';
import { useWords } from './words/words.ts';

export function App() {
  const state = useStore(sessionState);
  const route = useRoute();
  if (route.name !== undefined && pages[route.name].isOpen) return <Shown route={route} />;
  if (state.session?.must_enrol && state.status === 'signed_in') return <EnrolPage session={state.session} />;
  return (
    <>
      <Inside state={state} route={route} />
      <Toasts />
      {state.session ? <ProofDialog session={state.session} /> : null}
    </>
  );
}

function Inside({ state, route }: { readonly state: SessionState; readonly route: Route }) {
  if (state.status === 'opening') return <Opening />;
  if (state.status === 'failed')
    return (
      <Closed
        code={state.code ?? 'defect'}
        isLeaving={state.isLeaving === true}
        onRetry={() => void (state.isLeaving ? logOut() : openSession())}
      />
    );
  // Behind the page for the second factor there is nothing to keep.
  if (!state.session || (state.status === 'signed_out' && state.session.must_enrol)) return <SignInPage />;
  return (
    <>
      {/* The page stays what it is while its session is renewed, and nobody sees it. */}
      <div class="behind" inert={state.status === 'signed_out'}>
        <Frame>
          <Shown route={route} />
        </Frame>
      </div>
      {state.status === 'signed_out' ? (
        <Over>
          <SignInPage keptUntil={state.keptUntil} />
        </Over>
      ) : null}
    </>
  );
}

/** Above everything, also above a dialog that is open; nothing closes it but signing in. */
function Over({ children }: { readonly children: ComponentChildren }) {
  const { t } = useWords();
  const dialog = useRef<HTMLDialogElement>(null);
  // Before the page behind it loses the focus.
  const [before] = useState(() => document.activeElement);
  useEffect(() => {
    dialog.current?.showModal();
    return () => focusBack(before);
  }, [before]);
  return (
    <dialog
      ref={dialog}
      class="over"
      aria-label={t('sign_in.title')}
      onCancel={(event) => event.preventDefault()}
      onClose={() => dialog.current?.showModal()}
    >
      {children}
    </dialog>
  );
}

function Shown({ route }: { readonly route: Route }) {
  const state = useStore(sessionState);
  if (route.name === undefined) return <Unknown />;
  const { show, needs } = pages[route.name];
  if (needs !== undefined && !mayCall(needs, state)) return <Forbidden />;
  // Which parameters a page has is checked where its links are made.
  const Show = show as ComponentType<Readonly<Record<string, string>>>;
  return <Show key={JSON.stringify(route.params)} {...route.params} />;
}

function Unknown() {
  const { t } = useWords();
  return (
    <Page title={t('page.unknown')} lead={t('page.unknown_help')}>
      <p>
        <LinkButton href="#/">{t('page.home')}</LinkButton>
      </p>
    </Page>
  );
}

function Forbidden() {
  const { t } = useWords();
  const { session } = useStore(sessionState);
  const role = session ? t(`role.${session.administrator.role}`) : '';
  return (
    <Page title={t('page.forbidden')} lead={t('page.forbidden_help', { role })}>
      <p>
        <LinkButton href="#/">{t('page.home')}</LinkButton>
      </p>
    </Page>
  );
}
