// Where OpenID providers send people back to. It decides nothing and asks nobody: what came goes on in the fragment to the web app that the
// login was begun in, and only what that app holds can make something of it.
import type { FastifyInstance } from 'fastify';
import { html } from './html.ts';
import { layout, type Page } from './layout.ts';

const path = '/openid/callback/:provider';
const providerForm = /^oip_[0-9a-f-]{36}$/;
/** `app.{access id}.{random}` from a device, `test.{random}` from the console. */
const stateForm = /^(?:app\.[0-9a-f-]{36}|test)\.[A-Za-z0-9_-]{43}$/;
/** With the most that the API takes of each. Everything else, such as `session_state`, is left behind. */
const taken = { code: 4000, iss: 1000, error: 200, error_description: 1000 } as const;

export function registerOpenidCallback(app: FastifyInstance, root: string): void {
  const strange = layout(strangePage(), root);
  const config = { name: 'page', longUrl: true } as const;
  app.get<{ Params: { provider: string } }>(
    path,
    { config, exposeHeadRoute: false },
    async (request, reply) => {
      const { provider } = request.params;
      const target = providerForm.test(provider) ? targetOf(request.url, provider) : undefined;
      return target === undefined
        ? reply.code(400).type('text/html; charset=utf-8').send(strange)
        : reply.redirect(`${root}${target}`, 303);
    },
  );
}

/** @param url as it was asked for. Undefined: nothing that we began */
function targetOf(url: string, provider: string): string | undefined {
  const given = new URLSearchParams(url.slice(url.indexOf('?') + 1));
  const state = given.get('state') ?? '';
  // Said twice, it could be read in two ways (RFC 6749 3.1).
  const isOnce = ['state', ...Object.keys(taken)].every((name) => given.getAll(name).length <= 1);
  if (!stateForm.test(state) || !isOnce) return undefined;
  const passed = new URLSearchParams({ provider, state });
  for (const [name, most] of Object.entries(taken)) {
    const value = given.get(name);
    if (value !== null && value !== '') passed.set(name, value.slice(0, most));
  }
  const isTest = state.startsWith('test.');
  return `${isTest ? '/console/#/openid-test' : '/authenticator/#openid'}?${passed.toString()}`;
}

const strangePage = (): Page => ({
  title: 'Nothing to go on with',
  main: html`<h1>Nothing to go on with</h1>
<p>A login at an OpenID provider ends here, but none that was begun on this server comes with this address. Nothing has happened.</p>
<p>Go back to the app in which you began, and log in from there once more.</p>`,
});
