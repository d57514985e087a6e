// OpenID providers over HTTP: administration, the test that tells each step as it is done, and test logins.
import { Readable } from 'node:stream';
import type { OpenidFinding } from '@countersign/contract/openid-models.ts';
import { changeOpenidProvider } from '#core/openid-providers/change-openid-provider.ts';
import { createOpenidProvider } from '#core/openid-providers/create-openid-provider.ts';
import { deleteOpenidProvider } from '#core/openid-providers/delete-openid-provider.ts';
import { getOpenidProvider, listOpenidProviders } from '#core/openid-providers/list-openid-providers.ts';
import { beginTestLogin, finishTestLogin } from '#core/openid-providers/test-login.ts';
import { testOpenidProvider } from '#core/openid-providers/test-openid-provider.ts';
import { actorOf, type ApiDeps } from './api-deps.ts';
import type { Edge } from './edge.ts';
import { enterWait, whileWaiting } from './enter-wait.ts';
import type { Handlers } from './register-route.ts';

type Names =
  | `${'create' | 'get' | 'change' | 'delete' | 'test'}OpenidProvider`
  | 'listOpenidProviders'
  | `${'begin' | 'finish'}OpenidTestLogin`;

export const openidProviderHandlers = (
  deps: ApiDeps,
  edge: Pick<Edge, 'limits' | 'metrics'>,
): Pick<Handlers, Names> => ({
  listOpenidProviders: ({ caller, params }) => listOpenidProviders(deps, caller.applicationId, params.id),
  createOpenidProvider: ({ caller, params, body }) =>
    createOpenidProvider(deps, actorOf(caller), caller.applicationId, params.id, body),
  getOpenidProvider: ({ caller, params }) => getOpenidProvider(deps, caller.applicationId, params.id),
  changeOpenidProvider: ({ caller, params, body }) =>
    changeOpenidProvider(deps, actorOf(caller), caller.applicationId, params.id, body),
  deleteOpenidProvider: async ({ caller, params }) => {
    await deleteOpenidProvider(deps, actorOf(caller), caller.applicationId, params.id);
  },
  async testOpenidProvider({ caller, params, signal }) {
    const leave = enterWait(edge, { kind: 'directory', id: caller.id });
    try {
      const findings = await testOpenidProvider(
        deps,
        actorOf(caller),
        caller.applicationId,
        params.id,
        signal,
      );
      return Readable.from(linesOf(findings)).once('close', leave);
    } catch (error) {
      leave();
      throw error;
    }
  },
  beginOpenidTestLogin: ({ caller, params, signal }) =>
    whileWaiting(edge, { kind: 'directory', id: caller.id }, () =>
      beginTestLogin(deps, actorOf(caller), caller.applicationId, params.id, signal),
    ),
  finishOpenidTestLogin: ({ caller, params, body, signal }) =>
    whileWaiting(edge, { kind: 'directory', id: caller.id }, () =>
      finishTestLogin(deps, actorOf(caller), caller.applicationId, params.id, { answer: body, signal }),
    ),
});

async function* linesOf(findings: AsyncIterable<OpenidFinding>): AsyncGenerator<string> {
  for await (const finding of findings) yield `${JSON.stringify(finding)}\n`;
}
