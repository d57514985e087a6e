// Starts the console in the browser.
import { render } from 'preact';
import { Boundary } from '@countersign/ui/parts/boundary.tsx';
import { useKeptTheme } from '@countersign/ui/theme.ts';
import { watchForSomebody } from './api/attended.ts';
import { followOtherTabs } from './api/other-tabs.ts';
import { heardFromOtherTab, openSession } from './api/session.ts';
import { App } from './app.tsx';
import { followRoute } from './router/router.ts';
import { useBrowsersOrKept } from './words/words.ts';
import './style/console.css';

useKeptTheme();
await useBrowsersOrKept();
followRoute();
watchForSomebody(globalThis);
followOtherTabs(location.pathname, heardFromOtherTab);
neverComeBack();
const root = document.getElementById('app');
if (root)
  render(
    <Boundary whole>
      <App />
    </Boundary>,
    root,
  );
await openSession();

/** Browsers keep a page that was left, and show it again as it was: also when somebody has signed out meanwhile. */
function neverComeBack(): void {
  addEventListener('pagehide', ({ persisted }) => {
    document.documentElement.hidden = persisted;
  });
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) location.reload();
  });
}
