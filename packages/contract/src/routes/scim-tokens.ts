// Routes: the tokens with which other systems push users and teams by SCIM. What they push has routes of its own (RFC 7644), outside
// this table: paths, bodies and errors there are the RFC's.
import * as model from '../models.ts';
import * as scim from '../scim-models.ts';
import { route } from '../route.ts';
import { client, idParams, list, nothing } from './parts.ts';

export const scimTokensRoutes = {
  listScimTokens: route({
    method: 'GET',
    path: '/v1/scim-tokens',
    tag: 'SCIM',
    summary: 'List SCIM tokens, newest first',
    caller: client('api_clients'),
    query: list({ application_id: model.ids.application.optional() }),
    success: { status: 200, body: model.page(scim.ScimToken) },
    problems: [],
  }),
  createScimToken: route({
    method: 'POST',
    path: '/v1/scim-tokens',
    tag: 'SCIM',
    summary: 'Create a SCIM token, with which another system pushes users and teams into an application',
    caller: client('api_clients'),
    stepUp: true,
    body: scim.NewScimToken,
    success: { status: 201, body: scim.CreatedScimToken },
    problems: ['not_found'],
  }),
  deleteScimToken: route({
    method: 'DELETE',
    path: '/v1/scim-tokens/{id}',
    tag: 'SCIM',
    summary: 'Delete a SCIM token; users and teams stay',
    caller: client('api_clients'),
    stepUp: true,
    params: idParams(model.ids.scimToken),
    success: nothing,
    problems: ['not_found'],
  }),
};
