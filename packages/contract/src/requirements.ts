// The rules for whole lists of requirements, and the settings of each kind (requirement-kinds.ts is their table).
import { z } from 'zod';
import {
  allRequirementKinds,
  applicationRisks,
  requirementKinds,
  type RequirementRisk,
  requirementRisks,
} from './requirement-kinds.ts';

export const RequirementKind = z.enum(allRequirementKinds);

const none = z.strictObject({}).default({});
const language = z
  .strictObject({ language: z.enum(['en', 'de']).default('en').describe('Of what is sent.') })
  .default({ language: 'en' });

/** A demand with its settings; each kind has its own. */
export const Requirement = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('activation_link'), settings: none }),
  z.strictObject({ kind: z.literal('simple_credentials'), settings: none }),
  z.strictObject({ kind: z.literal('sms'), settings: language }),
  z.strictObject({ kind: z.literal('email_code'), settings: language }),
  z.strictObject({ kind: z.literal('openid_connect'), settings: none }),
  z.strictObject({ kind: z.literal('manual'), settings: none }),
  z.strictObject({ kind: z.literal('existing_device'), settings: none }),
  z.strictObject({ kind: z.literal('administrator_approval'), settings: none }),
]);
export type Requirement = z.output<typeof Requirement>;

/** What an application demands until somebody decides otherwise. */
export const defaultRequirements: readonly Requirement[] = [{ kind: 'activation_link', settings: {} }];

/** Each kind at most once, in the order in which they are to be met. */
export const RequirementList = z
  .array(Requirement)
  .min(1, 'there must be at least one')
  .max(allRequirementKinds.length)
  .refine((list) => new Set(list.map(({ kind }) => kind)).size === list.length, 'each kind at most once')
  .refine(
    ([first]) => first === undefined || requirementKinds[first.kind].identifies,
    'the first must say who the person is',
  );

const risks = Object.keys(requirementRisks) as [RequirementRisk, ...RequirementRisk[]];
export const RequirementRiskCode = z.enum(risks);

/** Of an application. */
export const acknowledged = z
  .array(z.enum(applicationRisks))
  .max(10)
  .describe(
    'What somebody has read and accepts. `more_devices`: users may have another device, or one that takes the place of the old one, while an approval on a device is the only second factor. Whoever has the password can then ask to have one bound: the older device or an administrator must agree to each, and decides well or badly. The others are of the requirements: they are asked for when an approval becomes the second factor, and say what the list of requirements leaves open then. `risk_not_acknowledged` names what lacks.',
  );
