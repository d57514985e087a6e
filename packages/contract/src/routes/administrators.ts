// Routes: administrators, as an owner sees them.
import * as model from '../administrator-models.ts';
import { ids, page } from '../models.ts';
import { route } from '../route.ts';
import { client, idParams, plainList, nothing } from './parts.ts';

const may = client('administrators');
const params = idParams(ids.administrator);

export const administratorsRoutes = {
  listAdministrators: route({
    method: 'GET',
    path: '/v1/administrators',
    tag: 'Administrators',
    summary: 'List administrators by user name',
    caller: may,
    query: plainList(),
    success: { status: 200, body: page(model.Administrator) },
    problems: [],
  }),
  createAdministrator: route({
    method: 'POST',
    path: '/v1/administrators',
    tag: 'Administrators',
    summary: 'Create an administrator and an invitation link',
    caller: may,
    stepUp: true,
    body: model.NewAdministrator,
    success: { status: 201, body: model.CreatedAdministrator },
    problems: ['name_taken'],
  }),
  getAdministrator: route({
    method: 'GET',
    path: '/v1/administrators/{id}',
    tag: 'Administrators',
    summary: 'Show an administrator',
    caller: may,
    params,
    success: { status: 200, body: model.Administrator },
    problems: ['not_found'],
  }),
  changeAdministrator: route({
    method: 'PATCH',
    path: '/v1/administrators/{id}',
    tag: 'Administrators',
    summary: 'Change an administrator',
    caller: may,
    stepUp: true,
    params,
    body: model.AdministratorChanges,
    success: { status: 200, body: model.Administrator },
    problems: ['not_found', 'name_taken', 'last_owner', 'kept_in_directory'],
  }),
  inviteAdministrator: route({
    method: 'POST',
    path: '/v1/administrators/{id}/invitations',
    tag: 'Administrators',
    summary:
      'Take an administrator’s password, passkeys, phone and sessions away and make a new invitation link',
    caller: may,
    stepUp: true,
    params,
    success: { status: 201, body: model.Invitation },
    problems: ['not_found', 'kept_in_directory'],
  }),
  deleteAdministrator: route({
    method: 'DELETE',
    path: '/v1/administrators/{id}',
    tag: 'Administrators',
    summary: 'Delete an administrator and end the sessions',
    caller: may,
    stepUp: true,
    params,
    success: nothing,
    problems: ['not_found', 'last_owner'],
  }),
  listSessionsOfAdministrator: route({
    method: 'GET',
    path: '/v1/administrators/{id}/sessions',
    tag: 'Administrators',
    summary: 'List an administrator’s sessions, newest first',
    caller: may,
    params,
    success: { status: 200, body: page(model.SessionSummary) },
    problems: ['not_found'],
  }),
  endSessionsOfAdministrator: route({
    method: 'DELETE',
    path: '/v1/administrators/{id}/sessions',
    tag: 'Administrators',
    summary: 'End all sessions of an administrator',
    caller: may,
    params,
    success: nothing,
    problems: ['not_found'],
  }),
};
