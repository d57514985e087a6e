// Where a web app would be, when it was not built: says what to do instead of "nothing here".
import { html } from './html.ts';
import type { Page } from './layout.ts';

export const notBuiltPage = (app: string): Page => ({
  title: `The ${app} is not built`,
  main: html`<h1>The ${app} is not built</h1>
<p>The server runs, but the files of the ${app} are missing. <code>npm start</code> builds them; if the server was started in
another way, this command in its directory does:</p>
<pre>npm run build</pre>
<p>It takes a few seconds, and the server need not be started again.</p>`,
});
