// Starts the console in the browser.
import { render } from 'preact';
import { Boundary } from '@countersign/ui/parts/boundary.tsx';
import { useKeptTheme } from '@countersign/ui/theme.ts';
import { watchForSomebody } from './api/attended.ts';
import { openSession } from './api/session.ts';
import { App } from './app.tsx';
import { followRoute } from './router/router.ts';
import { useBrowsersOrKept } from './words/words.ts';
import './style/console.css';

useKeptTheme();
await useBrowsersOrKept();
followRoute();
watchForSomebody(globalThis);
const root = document.getElementById('app');
if (root)
  render(
    <Boundary whole>
      <App />
    </Boundary>,
    root,
  );
await openSession();
