// What the server tells a RADIUS proxy at another site, and what that reports.
import { z } from 'zod';
import { Application } from './models.ts';
import { line } from './text.ts';

/** What a remote proxy needs to know of the application whose door it is. */
export const ProxiedApplication = Application.pick({
  id: true,
  access_id: true,
  name: true,
  enabled: true,
  request_seconds: true,
  unreachable_grace_seconds: true,
});
export const UnreachableLogin = z.strictObject({
  id: z
    .string()
    .regex(/^ugl_[0-9a-f-]{36}$/, 'must be ugl_ and a UUID')
    .describe('Made by the proxy; reported twice, it is recorded once. Also the Class of the Access-Accept.'),
  username: line(255),
  client_name: line(80).describe('The RADIUS client at the other site.'),
  client_address: line(64).nullable().describe('Where the login came from, as far as the proxy knew.'),
  at: z.int().min(0).describe('When, by the proxy’s clock. Epoch milliseconds.'),
});
export const UnreachableLoginReport = z.strictObject({
  application: z.uuid().describe('Access ID of the application.'),
  logins: z.array(UnreachableLogin).min(1).max(100),
});
export const RecordedUnreachableLogins = z.object({
  recorded: z.int().min(0).describe('How many of them were new.'),
});

export type ProxiedApplication = z.output<typeof ProxiedApplication>;
export type UnreachableLogin = z.output<typeof UnreachableLogin>;
export type UnreachableLoginReport = z.output<typeof UnreachableLoginReport>;
