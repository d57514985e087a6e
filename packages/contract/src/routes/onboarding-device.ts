// Routes: onboarding by requirements, as devices do it (docs/reference/device-protocol.md, section 10).
import { z } from 'zod';
import * as device from '../device-models.ts';
import { ids } from '../models.ts';
import * as onboarding from '../onboarding-device-models.ts';
import { route } from '../route.ts';
import { anybody, newDevice } from './parts.ts';

const application = z.strictObject({ access_id: z.uuid() });
const process = application.extend({ id: ids.onboardingProcess });
const base = '/v1/device/onboarding/{access_id}';

export const onboardingDeviceRoutes = {
  getEnrolment: route({
    method: 'GET',
    path: base,
    tag: 'Device protocol',
    summary: 'See what an application requires of a device that wants to be bound',
    caller: anybody,
    params: application,
    success: { status: 200, body: onboarding.EnrolmentOffer },
    problems: ['not_found', 'enrolment_closed'],
  }),
  beginProcess: route({
    method: 'POST',
    path: `${base}/processes`,
    tag: 'Device protocol',
    summary: 'Begin to be bound, or go on where this key left off',
    caller: newDevice,
    params: application,
    body: onboarding.NewProcess,
    success: { status: 200, body: onboarding.OwnProcess },
    problems: ['not_found', 'enrolment_closed', 'device_key_in_use'],
  }),
  getProcess: route({
    method: 'GET',
    path: `${base}/processes/{id}`,
    tag: 'Device protocol',
    summary: 'See how it stands, waiting for a change if asked to',
    caller: newDevice,
    params: process,
    query: z.strictObject({ wait: z.coerce.number().int().min(0).max(30).default(0).describe('Seconds.') }),
    success: { status: 200, body: onboarding.OwnProcess },
    problems: ['process_unknown'],
  }),
  takeStep: route({
    method: 'POST',
    path: `${base}/processes/{id}/step`,
    tag: 'Device protocol',
    summary: 'Give what the next requirement asks for',
    caller: newDevice,
    params: process,
    body: onboarding.StepInput,
    success: { status: 200, body: onboarding.OwnProcess },
    problems: ['process_unknown', 'process_ended', 'out_of_order', 'step_not_accepted', 'enrolment_closed'],
  }),
  completeProcess: route({
    method: 'POST',
    path: `${base}/processes/{id}/complete`,
    tag: 'Device protocol',
    summary: 'Bind the device, once everything is met, and get its certificate',
    description:
      'Said again with the same keys, it gives the same device again: an answer that was lost costs nothing.',
    caller: newDevice,
    params: process,
    body: onboarding.Completion,
    success: { status: 201, body: device.Onboarded },
    problems: [
      'process_unknown',
      'process_ended',
      'requirements_unmet',
      'enrolment_closed',
      'device_limit_reached',
      'device_key_in_use',
      'certificate_request_invalid',
      'certificate_request_differs',
      'certificate_pending',
      'certificate_unavailable',
      'user_disabled',
    ],
  }),
};
