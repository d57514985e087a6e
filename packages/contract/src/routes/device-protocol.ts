// Routes: What devices call (docs/reference/device-protocol.md).
import { z } from 'zod';
import * as device from '../device-models.ts';
import * as model from '../models.ts';
import { route } from '../route.ts';
import { anybody, ownDevice, newDevice, idParams, nothing } from './parts.ts';

export const authenticatorRoutes = {
  inspectTicket: route({
    method: 'POST',
    path: '/v1/device/onboarding/inspect',
    tag: 'Device protocol',
    summary: 'See what an onboarding link is for, without using it',
    caller: anybody,
    body: device.TicketInspection,
    success: { status: 200, body: device.InspectedTicket },
    problems: ['ticket_unknown'],
  }),
  onboardDevice: route({
    method: 'POST',
    path: '/v1/device/onboarding',
    tag: 'Device protocol',
    summary: 'Bind a device to a user and get its certificate',
    caller: newDevice,
    body: device.Onboarding,
    success: { status: 201, body: device.Onboarded },
    problems: [
      'ticket_unknown',
      'device_limit_reached',
      'device_key_in_use',
      'certificate_request_invalid',
      'user_disabled',
    ],
  }),
  getOwnDevice: route({
    method: 'GET',
    path: '/v1/device',
    tag: 'Device protocol',
    summary: 'What the server knows of this device',
    caller: ownDevice,
    success: { status: 200, body: device.OwnDevice },
    problems: [],
  }),
  removeOwnDevice: route({
    method: 'DELETE',
    path: '/v1/device',
    tag: 'Device protocol',
    summary: 'Remove this device and revoke its certificate',
    caller: ownDevice,
    success: nothing,
    problems: [],
  }),
  listChallenges: route({
    method: 'GET',
    path: '/v1/device/challenges',
    tag: 'Device protocol',
    summary: 'Fetch pending challenges, waiting for one if asked to',
    caller: ownDevice,
    query: z.strictObject({ wait: z.coerce.number().int().min(0).max(30).default(0).describe('Seconds.') }),
    success: { status: 200, body: device.PendingChallenges },
    problems: [],
  }),
  streamEvents: route({
    method: 'GET',
    path: '/v1/device/events',
    tag: 'Device protocol',
    summary: 'Server-sent events that say “ask again”',
    caller: ownDevice,
    success: { status: 200, body: z.string(), type: 'text/event-stream' },
    problems: [],
  }),
  answerChallenge: route({
    method: 'POST',
    path: '/v1/device/challenges/{id}/answer',
    tag: 'Device protocol',
    summary: 'Answer a challenge',
    caller: ownDevice,
    params: idParams(model.ids.challenge),
    body: device.Answer,
    success: { status: 200, body: device.Answered },
    problems: ['challenge_unknown', 'challenge_decided', 'challenge_expired', 'answer_invalid'],
  }),
};
