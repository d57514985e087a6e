// Routes: the teams of an application, and whose members are asked on the phone.
import * as model from '../models.ts';
import * as teams from '../team-models.ts';
import { route } from '../route.ts';
import { client, idParams, nothing, plainList } from './parts.ts';

const one = idParams(model.ids.team);
const ofApplication = idParams(model.ids.application);
const tag = 'Teams';

export const teamsRoutes = {
  listTeams: route({
    method: 'GET',
    path: '/v1/applications/{id}/teams',
    tag,
    summary: 'List the teams of an application by name',
    caller: client('users'),
    params: ofApplication,
    query: plainList(),
    success: { status: 200, body: model.page(teams.Team) },
    problems: ['not_found'],
  }),
  createTeam: route({
    method: 'POST',
    path: '/v1/applications/{id}/teams',
    tag,
    summary: 'Create a team before anybody is in it',
    description: 'It goes with its last member, unless it requires the second factor.',
    caller: client('applications'),
    params: ofApplication,
    body: teams.NewTeam,
    success: { status: 201, body: teams.Team },
    problems: ['not_found', 'name_taken'],
  }),
  getTeam: route({
    method: 'GET',
    path: '/v1/teams/{id}',
    tag,
    summary: 'Show a team',
    caller: client('users'),
    params: one,
    success: { status: 200, body: teams.Team },
    problems: ['not_found'],
  }),
  changeTeam: route({
    method: 'PATCH',
    path: '/v1/teams/{id}',
    tag,
    summary: 'Say whether the members of a team are asked on the phone',
    caller: client('applications'),
    stepUp: true,
    params: one,
    body: teams.TeamChanges,
    success: { status: 200, body: teams.Team },
    problems: ['not_found'],
  }),
  deleteTeam: route({
    method: 'DELETE',
    path: '/v1/teams/{id}',
    tag,
    summary: 'Delete a team; its members leave it and stay users',
    description:
      'Refused (`in_use`) while a directory requires the second factor of its members, or another system pushes it by SCIM: both would make it anew.',
    caller: client('applications'),
    stepUp: true,
    params: one,
    success: nothing,
    problems: ['not_found', 'in_use'],
  }),
};
