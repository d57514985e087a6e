// Starts the app in the browser.
import { render } from 'preact';
import { App } from './app.tsx';
import { Boundary } from '@countersign/ui/parts/boundary.tsx';
import { ActionsContext } from './parts/use-actions.ts';
import { Notice } from '@countersign/ui/parts/problem.tsx';
import { followBrowser, registerServiceWorker } from './platform/browser-state.ts';
import type { Actions } from './state/actions.ts';
import { learn } from './state/app-state.ts';
import { followRoute } from './state/route.ts';
import { startApp } from './state/start-app.ts';
import { whenIdle } from './state/when-idle.ts';
import { useBrowsersOrKept, useWords } from './words/words.ts';
import './style/app.css';

const Insecure = () => {
  const { t } = useWords();
  return (
    <main class="page">
      <Notice title={t('app.insecure')}>
        <p>{t('app.insecure_help')}</p>
      </Notice>
    </main>
  );
};

const root = document.getElementById('app');

function show(actions: Actions | undefined): void {
  if (!root) return;
  const app = (
    <ActionsContext.Provider value={actions}>
      <Boundary whole>
        <App />
      </Boundary>
    </ActionsContext.Provider>
  );
  render(isSecureContext ? app : <Insecure />, root);
}

await useBrowsersOrKept();
followBrowser();
followRoute(
  (ticket) => learn({ ticket }),
  (openid) => learn({ openid }),
);
show(undefined);
if (isSecureContext) {
  try {
    await startApp(show);
  } catch {
    learn({ broken: true });
  }
  void registerServiceWorker(whenIdle).catch(() => undefined);
}
