// Where the authenticator would be, when it was not built: says what to do instead of "nothing here".
import { html } from './html.ts';
import type { Page } from './layout.ts';

export const notBuiltPage = (): Page => ({
  title: 'The authenticator is not built',
  main: html`<h1>The authenticator is not built</h1>
<p>The server runs, but the files of the authenticator are missing. <code>npm start</code> builds them; if the server was started in
another way, this command in its directory does:</p>
<pre>npm run build</pre>
<p>It takes a few seconds, and the server need not be started again.</p>`,
});
