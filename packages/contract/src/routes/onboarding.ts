// Routes: what applications require of a new device, and the processes of devices that want in.
import { z } from 'zod';
import * as model from '../models.ts';
import * as onboarding from '../onboarding-models.ts';
import { processStatuses, waitsFor } from '../requirement-kinds.ts';
import { route } from '../route.ts';
import { client, idParams, list, span } from './parts.ts';

const process = idParams(model.ids.onboardingProcess);

export const onboardingRoutes = {
  getRequirements: route({
    method: 'GET',
    path: '/v1/applications/{id}/requirements',
    tag: 'Onboarding',
    summary: 'Show what an application requires before a device is bound',
    caller: client('applications'),
    params: idParams(model.ids.application),
    success: { status: 200, body: onboarding.Requirements },
    problems: ['not_found'],
  }),
  putRequirements: route({
    method: 'PUT',
    path: '/v1/applications/{id}/requirements',
    tag: 'Onboarding',
    summary: 'Say what an application requires before a device is bound',
    description: 'Replaces the whole list. Processes under way end, since they were begun under other rules.',
    caller: client('applications'),
    stepUp: true,
    params: idParams(model.ids.application),
    body: onboarding.RequirementsChange,
    success: { status: 200, body: onboarding.Requirements },
    problems: ['not_found', 'changed_meanwhile', 'risk_not_acknowledged'],
  }),
  listOnboardingProcesses: route({
    method: 'GET',
    path: '/v1/applications/{id}/onboarding-processes',
    tag: 'Onboarding',
    summary: 'List onboarding processes of an application, newest first',
    description:
      'Of those that never met a requirement, the ones that ended are forgotten after an hour; the others with the activity.',
    caller: client('users'),
    params: idParams(model.ids.application),
    query: list({
      status: z.enum(processStatuses).optional(),
      waits_for: z.enum(waitsFor).optional(),
      user_id: model.ids.user.optional(),
      username: z
        .string()
        .max(255)
        .optional()
        .describe('Begin of the user name as it was typed, whether or not it was right, or of the user.'),
      ...span,
    }),
    success: { status: 200, body: model.page(onboarding.OnboardingProcess) },
    problems: ['not_found'],
  }),
  getOnboardingProcess: route({
    method: 'GET',
    path: '/v1/onboarding-processes/{id}',
    tag: 'Onboarding',
    summary: 'Show an onboarding process with its steps',
    caller: client('users'),
    params: process,
    success: { status: 200, body: onboarding.OnboardingProcessWithSteps },
    problems: ['not_found'],
  }),
  destroyOnboardingProcess: route({
    method: 'POST',
    path: '/v1/onboarding-processes/{id}/destroy',
    tag: 'Onboarding',
    summary: 'End an onboarding process, so that the device can begin afresh',
    caller: client('users'),
    params: process,
    success: { status: 200, body: onboarding.OnboardingProcessWithSteps },
    problems: ['not_found', 'process_ended'],
  }),
  decideOnboardingProcess: route({
    method: 'POST',
    path: '/v1/onboarding-processes/{id}/decision',
    tag: 'Onboarding',
    summary: 'Approve or refuse a device that waits for an administrator',
    caller: client('users'),
    stepUp: true,
    params: process,
    body: onboarding.OnboardingDecision,
    success: { status: 200, body: onboarding.OnboardingProcessWithSteps },
    problems: ['not_found', 'process_ended', 'out_of_order', 'user_disabled'],
  }),
};
