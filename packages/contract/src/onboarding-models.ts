// What administrators see of onboarding: what an application demands, and the processes of devices that want in.
import { z } from 'zod';
import { ids } from './models.ts';
import {
  type OnboardingEnding,
  onboardingEndings,
  type OnboardingStepCode,
  onboardingSteps,
} from './onboarding-steps.ts';
import { Requirement, RequirementKind, RequirementList, RequirementRiskCode } from './requirements.ts';
import { processStatuses, waitsFor } from './requirement-kinds.ts';
import { name } from './text.ts';
import { time } from './time.ts';

export const Requirements = z.object({
  application_id: ids.application,
  revision: z.int().describe('Changes with every change; to be given back with the next one.'),
  requirements: z.array(Requirement).describe('In the order in which they are to be met.'),
  risks: z
    .array(z.object({ code: RequirementRiskCode, text: z.string() }))
    .describe('What these requirements leave open.'),
  unmeetable: z
    .array(z.object({ kind: RequirementKind, text: z.string() }))
    .describe('Kinds, required or not, that nobody could meet now, since what they need is not set up.'),
  enrolment_link: z
    .string()
    .describe(
      'With which anybody begins on a phone; also as QR code. It names the application and is no secret.',
    ),
  updated_at: time.nullable().describe('Null while they are as for every new application.'),
});
export const RequirementsChange = z.strictObject({
  revision: z
    .int()
    .min(0)
    .describe('Of what was read; refused with `changed_meanwhile` when it is no longer so.'),
  requirements: RequirementList,
  acknowledged: z
    .array(RequirementRiskCode)
    .max(10)
    .default([])
    .describe(
      'Codes of the risks that somebody has read and accepts; `risk_not_acknowledged` names what lacks.',
    ),
});

const endings = Object.keys(onboardingEndings) as [OnboardingEnding, ...OnboardingEnding[]];
const stepCodes = Object.keys(onboardingSteps) as [OnboardingStepCode, ...OnboardingStepCode[]];

/** Where a process stands in its list. */
export const ProcessRequirement = z.object({
  kind: RequirementKind,
  state: z.enum(['met', 'next', 'later']),
});

export const OnboardingStep = z.object({
  at: time,
  group: z.union([RequirementKind, z.literal('system')]),
  code: z.enum(stepCodes),
  text: z.string(),
  outcome: z.enum(['good', 'bad', 'none']).describe('`bad`: it kept the device out, or would have.'),
  remedy: z.string().nullable().describe('What to do about it; null unless `bad`.'),
});

export const OnboardingProcess = z.object({
  id: ids.onboardingProcess,
  application_id: ids.application,
  status: z.enum(processStatuses),
  ending: z.enum(endings).nullable().describe('Why it ended without a device.'),
  ending_text: z.string().nullable(),
  refusal: z.string().nullable().describe('What the administrator who refused wrote.'),
  waits_for: z
    .enum(waitsFor)
    .nullable()
    .describe(
      '`person`: the one with the new device; `time`: the waiting time of the application. Null once it ended.',
    ),
  requirements: z.array(ProcessRequirement),
  user_id: ids.user.nullable().describe('Known as soon as a requirement that says who it is was met.'),
  username: z
    .string()
    .describe(
      'Of that user; while `user_id` is null, as the person typed it, which nothing has shown to be true; empty when none was typed.',
    ),
  last_failure: OnboardingStep.nullable().describe(
    'What went wrong last, and why; null where nothing did, or the device has got further since.',
  ),
  device: z.object({ name: z.string(), platform: z.string(), app_version: z.string() }),
  key_thumbprint: z.string().describe('RFC 7638 SHA-256 thumbprint of the new device’s signing key.'),
  address: z.string().describe('From where it was begun.'),
  picture: z
    .string()
    .nullable()
    .describe(
      'What `pictureOf` draws (32 bytes, base64url), while an administrator is to compare it; else null.',
    ),
  device_id: ids.device.nullable().describe('Of the device that was bound.'),
  ready_at: time.nullable().describe('Until then the waiting time runs.'),
  created_at: time,
  updated_at: time,
  expires_at: time,
  ended_at: time.nullable(),
});
export const OnboardingProcessWithSteps = OnboardingProcess.extend({
  candidate: z
    .object({
      id: ids.user,
      username: z.string(),
      full_name: z.string(),
      device_count: z.int(),
      enabled: z.boolean(),
    })
    .nullable()
    .describe('Whom the device would be bound to, as far as that can be told now.'),
  steps: z.array(OnboardingStep).describe('Oldest first.'),
});

export const OnboardingDecision = z.discriminatedUnion('decision', [
  z.strictObject({
    decision: z.literal('approve'),
    user_id: ids.user.describe(
      'To whom the device is to belong, as whoever decides has seen it: `candidate`, or another where nothing has shown yet who it is.',
    ),
  }),
  z.strictObject({
    decision: z.literal('refuse'),
    reason: name(200).describe('Shown on the new device.'),
  }),
]);

export type Requirements = z.output<typeof Requirements>;
export type RequirementsChange = z.output<typeof RequirementsChange>;
export type OnboardingProcess = z.output<typeof OnboardingProcess>;
export type OnboardingProcessWithSteps = z.output<typeof OnboardingProcessWithSteps>;
export type OnboardingDecision = z.output<typeof OnboardingDecision>;
