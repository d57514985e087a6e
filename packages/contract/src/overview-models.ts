// What the dashboard shows: figures, logins over time, nodes and services, and notices.
import { z } from 'zod';
import { ids } from './models.ts';
import { type NoticeCode, notices } from './notices.ts';
import { time } from './time.ts';

export const serviceStatuses = ['ok', 'degraded', 'down', 'off'] as const;
export type ServiceStatus = (typeof serviceStatuses)[number];

export const Service = z.object({
  code: z.enum(['database', 'http', 'radius', 'push', 'home_server', 'audit']),
  name: z.string().describe('Of a home server or push service; empty where there is only one.'),
  status: z.enum(serviceStatuses),
  text: z.string().describe('One sentence.'),
  listens: z.array(z.string()).describe('`address:port` where it listens; empty for what does not.'),
});
export const Node = z.object({
  name: z.string(),
  version: z.string(),
  started_at: time,
  seen_at: time,
  is_alive: z.boolean(),
  is_this: z.boolean().describe('The node that answers this call.'),
  services: z.array(Service),
});
export const Overview = z.object({
  at: time,
  applications: z.int(),
  users: z.int(),
  users_onboarded: z.int().describe('With a device that is not revoked.'),
  users_active: z.int().describe('Authenticated at least once in the last 90 days.'),
  devices: z.int(),
  requests_pending: z
    .int()
    .describe('Logins that wait for an answer; signing in to the console is not counted.'),
  nodes: z.array(Node),
});
export const LoginHistory = z.object({
  bucket_ms: z.int(),
  buckets: z.array(
    z.object({
      at: time.describe('Begin of the bucket.'),
      approved: z.int(),
      denied: z.int(),
      expired: z.int(),
      cancelled: z.int(),
    }),
  ),
});

const codes = Object.keys(notices) as [NoticeCode, ...NoticeCode[]];
export const NoticeItem = z.object({
  code: z.enum(codes),
  severity: z.enum(['problem', 'warning', 'hint']),
  text: z.string(),
  remedy: z.string(),
  subject_kind: z.enum([
    'user',
    'application',
    'radius_client',
    'home_server',
    'administrator',
    'node',
    'other',
  ]),
  subject_id: z.string().nullable(),
  since: time.nullable(),
});
export const Notices = z.object({ items: z.array(NoticeItem) });

// ---- a login played by the server

export const TestLogin = z.strictObject({
  username: z.string().min(1).max(255),
  password: z.string().min(1).max(128),
});
export const TestLoginResult = z.object({
  answer: z
    .enum(['accepted', 'rejected', 'challenged', 'silence', 'unreachable'])
    .describe(
      '`challenged`: the gateway would show a message and come back; `silence`: no answer in time, or none at all; `unreachable`: the client is disabled, no address is its own, or RADIUS does not listen on this node.',
    ),
  auth_request_id: ids.authRequest
    .nullable()
    .describe('Null when nothing was recorded: nobody answered, or the client only relays.'),
  message: z.string().nullable().describe('What the gateway would show, such as the number to type.'),
  duration_ms: z.int(),
});

// ---- many users at once

export const maxUsersAtOnce = 100;
const user_ids = z.array(ids.user).min(1).max(maxUsersAtOnce);
export const UsersChange = z.strictObject({ user_ids, enabled: z.boolean() });
export const UsersSelection = z.strictObject({ user_ids });
export const UsersResult = z.object({
  done: z.int(),
  missing: z.array(ids.user).describe('Those that were not there any more.'),
});

export type Service = z.output<typeof Service>;
export type Node = z.output<typeof Node>;
export type Overview = z.output<typeof Overview>;
export type LoginHistory = z.output<typeof LoginHistory>;
export type NoticeItem = z.output<typeof NoticeItem>;
export type TestLoginResult = z.output<typeof TestLoginResult>;
export type UsersResult = z.output<typeof UsersResult>;
