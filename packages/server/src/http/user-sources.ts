// User sources over HTTP: administration, the test that tells each step as it is done, look-ups and syncs.
import { Readable } from 'node:stream';
import type { UserSourceFinding } from '@countersign/contract/user-source-models.ts';
import { changeUserSource } from '#core/user-sources/change-user-source.ts';
import { createUserSource } from '#core/user-sources/create-user-source.ts';
import { deleteUserSource } from '#core/user-sources/delete-user-source.ts';
import { getSync, listSyncs, stopSync } from '#core/user-sources/follow-syncs.ts';
import { getUserSource, listUserSources } from '#core/user-sources/list-user-sources.ts';
import { lookUpUser } from '#core/user-sources/look-up-user.ts';
import { orderUserSources } from '#core/user-sources/order-user-sources.ts';
import { startSync } from '#core/user-sources/start-sync.ts';
import { testUserSource } from '#core/user-sources/test-user-source.ts';
import { actorOf, type ApiDeps, toPageBody } from './api-deps.ts';
import type { Edge } from './edge.ts';
import { enterWait, whileWaiting } from './enter-wait.ts';
import type { Handlers } from './register-route.ts';

type Names =
  | 'listUserSources'
  | 'createUserSource'
  | 'orderUserSources'
  | 'getUserSource'
  | 'changeUserSource'
  | 'deleteUserSource'
  | 'testUserSource'
  | 'lookUpInUserSource'
  | 'startUserSourceSync'
  | 'listUserSourceSyncs'
  | 'getUserSourceSync'
  | 'stopUserSourceSync';

export const userSourceHandlers = (
  deps: ApiDeps,
  edge: Pick<Edge, 'limits' | 'metrics'>,
): Pick<Handlers, Names> => ({
  listUserSources: ({ caller, params }) => listUserSources(deps, caller.applicationId, params.id),
  createUserSource: ({ caller, params, body }) =>
    createUserSource(deps, actorOf(caller), caller.applicationId, params.id, body),
  orderUserSources: ({ caller, params, body }) =>
    orderUserSources(deps, actorOf(caller), caller.applicationId, params.id, body.ids),
  getUserSource: ({ caller, params }) => getUserSource(deps, caller.applicationId, params.id),
  changeUserSource: ({ caller, params, body }) =>
    changeUserSource(deps, actorOf(caller), caller.applicationId, params.id, body),
  deleteUserSource: async ({ caller, params }) => {
    await deleteUserSource(deps, actorOf(caller), caller.applicationId, params.id);
  },
  async testUserSource({ caller, params, signal }) {
    const leave = enterWait(edge, { kind: 'directory', id: caller.id });
    try {
      const findings = await testUserSource(deps, actorOf(caller), caller.applicationId, params.id, signal);
      return Readable.from(linesOf(findings)).once('close', leave);
    } catch (error) {
      leave();
      throw error;
    }
  },
  lookUpInUserSource: ({ caller, params, body, signal }) =>
    whileWaiting(edge, { kind: 'directory', id: caller.id }, () =>
      lookUpUser(deps, actorOf(caller), caller.applicationId, params.id, { ...body, signal }),
    ),
  startUserSourceSync: ({ caller, params, body }) =>
    startSync(deps, actorOf(caller), caller.applicationId, params.id, body),
  listUserSourceSyncs: async ({ caller, params, query }) =>
    toPageBody(await listSyncs(deps, caller.applicationId, params.id, query)),
  getUserSourceSync: ({ caller, params }) => getSync(deps, caller.applicationId, params.id),
  stopUserSourceSync: ({ caller, params }) => stopSync(deps, caller.applicationId, params.id),
});

async function* linesOf(findings: AsyncIterable<UserSourceFinding>): AsyncGenerator<string> {
  for await (const finding of findings) yield `${JSON.stringify(finding)}\n`;
}
