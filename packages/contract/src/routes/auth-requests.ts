// Routes: Auth requests, their activity and evidence, and the audit trail.
import { z } from 'zod';
import * as model from '../models.ts';
import { route } from '../route.ts';
import { client, idParams, list } from './parts.ts';

const moment = z.coerce.number().int().min(0);
const span = {
  from: moment.optional().describe('Not before, epoch milliseconds.'),
  until: moment.optional().describe('Before, epoch milliseconds.'),
};
const auditFilters = {
  event: z
    .string()
    .max(64)
    .optional()
    .describe('A name such as `user.created`, or its begin up to the dot: `user.`.'),
  actor_id: z.string().max(64).optional(),
  subject_id: z.string().max(64).optional(),
  ...span,
};

export const authRequestsRoutes = {
  createAuthRequest: route({
    method: 'POST',
    path: '/v1/auth-requests',
    tag: 'Auth requests',
    summary: 'Ask a user to approve a login',
    description:
      'Answers at once; wait for the outcome with GET …/wait. Whether the user exists, is enabled and has a device is not told: a request that cannot be asked begins as pending and is denied or expires like any other; the activity says why. Asked again with the same `reference` while it is open, the answer is the open one.',
    caller: client('auth_requests'),
    body: model.NewAuthRequest,
    success: { status: 201, body: model.CreatedAuthRequest },
    problems: ['not_found', 'packet_replayed', 'authorisation_closed'],
  }),
  getAuthRequest: route({
    method: 'GET',
    path: '/v1/auth-requests/{id}',
    tag: 'Auth requests',
    summary: 'Show where an auth request stands',
    caller: client('auth_requests'),
    params: idParams(model.ids.authRequest),
    success: { status: 200, body: model.AuthRequest },
    problems: ['not_found'],
  }),
  awaitAuthRequest: route({
    method: 'GET',
    path: '/v1/auth-requests/{id}/wait',
    tag: 'Auth requests',
    summary: 'Wait until an auth request is decided',
    description:
      'Answers as soon as the auth request is no longer pending, or with the pending one after `seconds`.',
    caller: client('auth_requests'),
    params: idParams(model.ids.authRequest),
    query: z.strictObject({ seconds: z.coerce.number().int().min(0).max(60).default(30) }),
    success: { status: 200, body: model.AuthRequest },
    problems: ['not_found'],
  }),
  cancelAuthRequest: route({
    method: 'POST',
    path: '/v1/auth-requests/{id}/cancel',
    tag: 'Auth requests',
    summary: 'Cancel a pending auth request',
    caller: client('auth_requests'),
    params: idParams(model.ids.authRequest),
    success: { status: 200, body: model.AuthRequest },
    problems: ['not_found', 'request_closed'],
  }),
  listActivity: route({
    method: 'GET',
    path: '/v1/activity',
    tag: 'Activity',
    summary: 'List auth requests with their reasons, newest first',
    description:
      'Without a user or an application, a call looks at so many auth requests and no more: a page may hold fewer than `limit`, even none, and still have a `next_cursor`.',
    caller: client('activity'),
    query: list({
      application_id: model.ids.application.optional(),
      user_id: model.ids.user.optional(),
      status: z.enum(model.authRequestStatuses).optional(),
      kind: z.enum(model.activityKinds).optional(),
      username: z
        .string()
        .max(255)
        .optional()
        .describe('Begin of the user name as it was typed, or as the user is called now.'),
      ...span,
    }),
    success: { status: 200, body: model.page(model.Activity) },
    problems: [],
  }),
  getActivity: route({
    method: 'GET',
    path: '/v1/activity/{id}',
    tag: 'Activity',
    summary: 'Show an auth request with every step',
    caller: client('activity'),
    params: idParams(model.ids.authRequest),
    success: { status: 200, body: model.ActivityWithSteps },
    problems: ['not_found'],
  }),
  getEvidence: route({
    method: 'GET',
    path: '/v1/activity/{id}/evidence',
    tag: 'Activity',
    summary: 'Fetch the signed answer with all that is needed to verify it',
    caller: client('activity'),
    params: idParams(model.ids.authRequest),
    success: { status: 200, body: model.Evidence },
    problems: ['not_found', 'evidence_missing'],
  }),
  listAuditEvents: route({
    method: 'GET',
    path: '/v1/audit-events',
    tag: 'Audit',
    summary: 'List audit events, newest first',
    description:
      'What logins wrote is looked for among so many events a call and no more: a page may hold fewer than `limit`, even none, and still have a `next_cursor`.',
    caller: client('audit'),
    query: list(auditFilters),
    success: { status: 200, body: model.page(model.AuditEvent) },
    problems: [],
  }),
  exportAuditEvents: route({
    method: 'GET',
    path: '/v1/audit-events/export',
    tag: 'Audit',
    summary: 'Export audit events, oldest first, as lines of JSON or CSV',
    caller: client('audit'),
    query: z.strictObject({ ...auditFilters, format: z.enum(['jsonl', 'csv']).default('jsonl') }),
    success: { status: 200, body: z.string(), type: 'application/octet-stream', attachment: true },
    problems: [],
  }),
};
