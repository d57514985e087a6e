// What administrators see of the push subscription of a device.
import { z } from 'zod';
import { time } from './time.ts';

export const DevicePush = z
  .object({
    state: z.enum(['unproved', 'active']).describe('Only an active one is used for requests.'),
    service: z.string().describe('Origin of the push service.'),
    created_at: time,
    failed_at: time.nullable().describe('When the last push failed; null when it did not.'),
    failure: z.string().nullable().describe('Why, in words.'),
  })
  .nullable()
  .describe('The push service that wakes the device; null when it has to ask by itself.');
