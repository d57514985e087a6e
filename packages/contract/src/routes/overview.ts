// Routes: what the dashboard shows, and the stream that tells it to look again.
import { z } from 'zod';
import { ids } from '../models.ts';
import * as model from '../overview-models.ts';
import { route } from '../route.ts';
import { client, idParams } from './parts.ts';

const may = client('activity');

export const overviewRoutes = {
  getOverview: route({
    method: 'GET',
    path: '/v1/overview',
    tag: 'Overview',
    summary: 'Show figures, nodes and services',
    caller: may,
    follows: true,
    success: { status: 200, body: model.Overview },
    problems: [],
  }),
  getLoginHistory: route({
    method: 'GET',
    path: '/v1/overview/logins',
    tag: 'Overview',
    summary: 'Count logins over time by how they ended',
    description: 'Signing in to the console is not counted.',
    caller: may,
    follows: true,
    query: z.strictObject({
      hours: z
        .enum(['24', '168', '720'])
        .default('24')
        .describe('24: by the hour; 168: by six hours; 720: by the day.'),
      application_id: ids.application.optional(),
    }),
    success: { status: 200, body: model.LoginHistory },
    problems: [],
  }),
  listNotices: route({
    method: 'GET',
    path: '/v1/notices',
    tag: 'Overview',
    summary: 'List what needs somebody, the worst first',
    description:
      'What is said of an administrator is told to that administrator, to owners, and to API clients with the scope `administrators`.',
    caller: may,
    follows: true,
    success: { status: 200, body: model.Notices },
    problems: [],
  }),
  streamActivity: route({
    method: 'GET',
    path: '/v1/activity/stream',
    tag: 'Activity',
    summary: 'Be told when auth requests and onboarding processes begin, change or end',
    description:
      'Server-sent events `activity`, each with the ids that changed (`{"ids":[…]}`, at most 100; an empty list means many); ask `GET /v1/activity` for them; and `onboarding`, the same for onboarding processes. Of all nodes. Ends after five minutes; connect again.',
    caller: may,
    follows: true,
    query: z.strictObject({ application_id: ids.application.optional() }),
    success: { status: 200, body: z.string(), type: 'text/event-stream' },
    problems: [],
  }),
  testLogin: route({
    method: 'POST',
    path: '/v1/radius-clients/{id}/test-login',
    tag: 'RADIUS',
    summary: 'Play a login of a RADIUS client in the server, and wait for its answer',
    description:
      'With the client’s own settings, from its own address; a real login in every respect, so the phone is asked. It comes from the caller’s address. Two at a time for each caller.',
    caller: client('radius'),
    params: idParams(ids.radiusClient),
    body: model.TestLogin,
    success: { status: 200, body: model.TestLoginResult },
    problems: ['not_found'],
  }),
};
