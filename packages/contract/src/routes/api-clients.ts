// Routes: API clients.
import * as model from '../models.ts';
import { route } from '../route.ts';
import { client, idParams, plainList, nothing } from './parts.ts';

export const apiClientsRoutes = {
  listApiClients: route({
    method: 'GET',
    path: '/v1/api-clients',
    tag: 'API clients',
    summary: 'List API clients',
    caller: client('api_clients'),
    query: plainList(),
    success: { status: 200, body: model.page(model.ApiClient) },
    problems: [],
  }),
  createApiClient: route({
    method: 'POST',
    path: '/v1/api-clients',
    tag: 'API clients',
    summary: 'Create an API client',
    caller: client('api_clients'),
    stepUp: true,
    body: model.NewApiClient,
    success: { status: 201, body: model.CreatedApiClient },
    problems: ['name_taken', 'not_found'],
  }),
  getApiClient: route({
    method: 'GET',
    path: '/v1/api-clients/{id}',
    tag: 'API clients',
    summary: 'Show an API client',
    caller: client('api_clients'),
    params: idParams(model.ids.apiClient),
    success: { status: 200, body: model.ApiClient },
    problems: ['not_found'],
  }),
  changeApiClient: route({
    method: 'PATCH',
    path: '/v1/api-clients/{id}',
    tag: 'API clients',
    summary: 'Change an API client; what is taken from it is taken from its tokens at once',
    caller: client('api_clients'),
    stepUp: true,
    params: idParams(model.ids.apiClient),
    body: model.ApiClientChanges,
    success: { status: 200, body: model.ApiClient },
    problems: ['not_found', 'name_taken'],
  }),
  deleteApiClient: route({
    method: 'DELETE',
    path: '/v1/api-clients/{id}',
    tag: 'API clients',
    summary: 'Delete an API client and its tokens',
    caller: client('api_clients'),
    stepUp: true,
    params: idParams(model.ids.apiClient),
    success: nothing,
    problems: ['not_found'],
  }),
};
