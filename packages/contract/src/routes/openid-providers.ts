// Routes: OpenID providers of applications, and the tests of them.
import { z } from 'zod';
import * as model from '../models.ts';
import * as openid from '../openid-models.ts';
import { route } from '../route.ts';
import { client, idParams, nothing } from './parts.ts';

const one = idParams(model.ids.openidProvider);
const ofApplication = idParams(model.ids.application);
const tag = 'OpenID providers';
const caller = client('applications');

export const openidProvidersRoutes = {
  listOpenidProviders: route({
    method: 'GET',
    path: '/v1/applications/{id}/openid-providers',
    tag,
    summary: 'List the OpenID providers of an application, oldest first',
    caller,
    params: ofApplication,
    success: { status: 200, body: z.object({ items: z.array(openid.OpenidProvider) }) },
    problems: ['not_found'],
  }),
  createOpenidProvider: route({
    method: 'POST',
    path: '/v1/applications/{id}/openid-providers',
    tag,
    summary: 'Create an OpenID provider; its redirect URI is then known, to be registered there',
    caller,
    stepUp: true,
    params: ofApplication,
    body: openid.NewOpenidProvider,
    success: { status: 201, body: openid.OpenidProvider },
    problems: ['not_found'],
  }),
  getOpenidProvider: route({
    method: 'GET',
    path: '/v1/openid-providers/{id}',
    tag,
    summary: 'Show an OpenID provider',
    caller,
    params: one,
    success: { status: 200, body: openid.OpenidProvider },
    problems: ['not_found'],
  }),
  changeOpenidProvider: route({
    method: 'PATCH',
    path: '/v1/openid-providers/{id}',
    tag,
    summary: 'Change an OpenID provider; logins under way at it are refused',
    description:
      'Whoever changes where the client secret is sent must know it: such changes need `client_secret`.',
    caller,
    stepUp: true,
    params: one,
    body: openid.OpenidProviderChanges,
    success: { status: 200, body: openid.OpenidProvider },
    problems: ['not_found', 'changed_meanwhile'],
  }),
  deleteOpenidProvider: route({
    method: 'DELETE',
    path: '/v1/openid-providers/{id}',
    tag,
    summary: 'Delete an OpenID provider; the users that came by it stay',
    caller,
    stepUp: true,
    params: one,
    success: nothing,
    problems: ['not_found'],
  }),
  testOpenidProvider: route({
    method: 'POST',
    path: '/v1/openid-providers/{id}/test',
    tag,
    summary: 'Ask the provider step by step',
    description:
      'One JSON text a line (`OpenidFinding`: step, passed, sentence, ms), each as soon as the step is done; ends after the first that fails.',
    caller,
    params: one,
    success: { status: 200, body: z.string(), type: 'application/x-ndjson' },
    problems: ['not_found'],
  }),
  beginOpenidTestLogin: route({
    method: 'POST',
    path: '/v1/openid-providers/{id}/test-logins',
    tag,
    summary: 'Begin a test login: an address at the provider, to be opened in a browser',
    caller,
    params: one,
    success: { status: 201, body: openid.OpenidTestLogin },
    problems: ['not_found', 'openid_unavailable'],
  }),
  finishOpenidTestLogin: route({
    method: 'POST',
    path: '/v1/openid-providers/{id}/test-logins/answer',
    tag,
    summary: 'Give what came back of a test login, and see what a login would make of it; nobody is created',
    description: 'Only whoever began it can give the answer, once.',
    caller,
    params: one,
    body: openid.OpenidAnswer,
    success: { status: 200, body: openid.OpenidTestResult },
    problems: ['not_found'],
  }),
};
