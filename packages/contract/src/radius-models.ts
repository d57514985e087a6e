// RADIUS clients, through which logins come, and home servers, which check passwords; the rules of these files are those of models.ts.
import { z } from 'zod';
import { flag, ids } from './models.ts';
import { line, name } from './text.ts';
import { time } from './time.ts';

export const messageAuthenticatorPolicy = z
  .enum(['require', 'auto', 'off'])
  .describe(
    'Whether packets must carry Message-Authenticator. `auto` demands it from the first time it was seen; `off` lets packets be forged on the way (CVE-2024-3596).',
  );
export const sharedSecret = z
  .string()
  .min(16, 'must have at least 16 characters')
  .max(128)
  .describe('Write only; kept sealed.');

const radiusClientFields = {
  name: name(80),
  application_id: ids.application,
  network: z
    .string()
    .max(64)
    .describe('Address or network in CIDR form, IPv4 or IPv6; the longest prefix wins.'),
  message_authenticator: messageAuthenticatorPolicy,
  number_matching: flag.describe(
    'Show a number at the login (Access-Challenge) that must be typed on the phone.',
  ),
  strip_realm: flag.describe(
    'Look `DOMAIN\\alice` and `alice@realm` up as `alice`. Home servers get the name as it was typed.',
  ),
  append_realm: line(100)
    .refine((text) => !/[@\\\s]/.test(text), 'must be a realm such as corp.example, without @')
    .describe('Realm that a name without one is given before it is looked up, for example `corp.example`.'),
  home_server_ids: z
    .array(ids.homeServer)
    .max(8)
    .describe('Home servers that check the password, in order. None: the application’s own users.'),
  relay: flag.describe(
    'Pass logins to the home servers and their answers back, unchanged and unrecorded: no user, no second factor. For the days before a roll-out, and for devices without a person.',
  ),
  enabled: flag,
};
export const NewRadiusClient = z.strictObject({
  ...radiusClientFields,
  message_authenticator: radiusClientFields.message_authenticator.default('require'),
  number_matching: radiusClientFields.number_matching.default(false),
  strip_realm: radiusClientFields.strip_realm.default(false),
  append_realm: radiusClientFields.append_realm.default(''),
  home_server_ids: radiusClientFields.home_server_ids.default([]),
  relay: radiusClientFields.relay.default(false),
  enabled: radiusClientFields.enabled.default(true),
  shared_secret: sharedSecret
    .optional()
    .describe('Write only; kept sealed. Generated when absent, and then shown once.'),
});
export const RadiusClientChanges = z
  .strictObject({ ...radiusClientFields, shared_secret: sharedSecret })
  .omit({ application_id: true })
  .partial();
export const RadiusClient = z.object({
  id: ids.radiusClient,
  ...radiusClientFields,
  created_at: time,
  updated_at: time,
});
export const CreatedRadiusClient = RadiusClient.extend({ shared_secret: z.string().describe('Shown once.') });

const homeServerFields = {
  name: name(80),
  address: z.union([z.ipv4(), z.ipv6()]).describe('IPv4 or IPv6 address.'),
  port: z.int().min(1).max(65_535),
  message_authenticator: messageAuthenticatorPolicy,
  timeout_ms: z
    .int()
    .min(200)
    .max(30_000)
    .describe('How long to wait for an answer before sending again, in milliseconds.'),
  tries: z.int().min(1).max(5).describe('How often to send before the next home server is asked.'),
  dead_seconds: z
    .int()
    .min(1)
    .max(3600)
    .describe('How long a silent home server is passed over, in seconds.'),
};
export const NewHomeServer = z.strictObject({
  ...homeServerFields,
  port: homeServerFields.port.default(1812),
  message_authenticator: homeServerFields.message_authenticator.default('require'),
  timeout_ms: homeServerFields.timeout_ms.default(2000),
  tries: homeServerFields.tries.default(2),
  dead_seconds: homeServerFields.dead_seconds.default(30),
  shared_secret: sharedSecret,
});
export const HomeServerChanges = z
  .strictObject({ ...homeServerFields, shared_secret: sharedSecret })
  .partial();
export const HomeServer = z.object({
  id: ids.homeServer,
  ...homeServerFields,
  created_at: time,
  updated_at: time,
});

export type NewRadiusClient = z.output<typeof NewRadiusClient>;
export type RadiusClientChanges = z.output<typeof RadiusClientChanges>;
export type RadiusClient = z.output<typeof RadiusClient>;
export type NewHomeServer = z.output<typeof NewHomeServer>;
export type HomeServerChanges = z.output<typeof HomeServerChanges>;
export type HomeServer = z.output<typeof HomeServer>;
