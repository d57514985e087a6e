// SCIM tokens: with them other systems push users and teams into an application (RFC 7644).
import { z } from 'zod';
import { ids } from './models.ts';
import { name } from './text.ts';
import { time } from './time.ts';

const scimTokenFields = {
  name: name(80).describe('Which system pushes with it, as people call it.'),
  application_id: ids.application.describe('Whose users and teams are pushed.'),
};
export const NewScimToken = z.strictObject({
  ...scimTokenFields,
  valid_days: z
    .int()
    .min(1)
    .max(3650)
    .nullable()
    .default(365)
    .describe('How long the token works, in days; null: until it is deleted.'),
});
export const ScimToken = z.object({
  id: ids.scimToken,
  ...scimTokenFields,
  base_url: z
    .string()
    .describe('Where the system pushes to: the “tenant URL” or “base URL” of its settings.'),
  expires_at: time.nullable(),
  last_used_at: time.nullable(),
  created_at: time,
});
export const CreatedScimToken = ScimToken.extend({ token: z.string().describe('Shown once.') });

export type NewScimToken = z.output<typeof NewScimToken>;
export type ScimToken = z.output<typeof ScimToken>;
export type CreatedScimToken = z.output<typeof CreatedScimToken>;
