// Routes: Applications.
import * as model from '../models.ts';
import { route } from '../route.ts';
import { client, idParams, list, nothing } from './parts.ts';

export const applicationsRoutes = {
  listApplications: route({
    method: 'GET',
    path: '/v1/applications',
    tag: 'Applications',
    summary: 'List applications',
    caller: client('applications'),
    query: list(),
    success: { status: 200, body: model.page(model.Application) },
    problems: [],
  }),
  createApplication: route({
    method: 'POST',
    path: '/v1/applications',
    tag: 'Applications',
    summary: 'Create an application',
    caller: client('applications'),
    body: model.NewApplication,
    success: { status: 201, body: model.Application },
    problems: ['name_taken', 'passkeys_unsupported'],
  }),
  getApplication: route({
    method: 'GET',
    path: '/v1/applications/{id}',
    tag: 'Applications',
    summary: 'Show an application',
    caller: client('applications'),
    params: idParams(model.ids.application),
    success: { status: 200, body: model.Application },
    problems: ['not_found'],
  }),
  changeApplication: route({
    method: 'PATCH',
    path: '/v1/applications/{id}',
    tag: 'Applications',
    summary: 'Change an application',
    caller: client('applications'),
    params: idParams(model.ids.application),
    body: model.ApplicationChanges,
    success: { status: 200, body: model.Application },
    problems: ['not_found', 'name_taken', 'passkeys_unsupported'],
  }),
  deleteApplication: route({
    method: 'DELETE',
    path: '/v1/applications/{id}',
    tag: 'Applications',
    summary: 'Delete an application with its users, devices and RADIUS clients',
    caller: client('applications'),
    stepUp: true,
    params: idParams(model.ids.application),
    success: nothing,
    problems: ['not_found'],
  }),
};
