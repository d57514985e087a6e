// Rows with nothing in them but what every row must have: tests say only what they are about.
import type { AuthRequestTable } from './auth-request-tables.ts';

/** A user called as the id, who never logged in. */
export const bareUser = (id: string, applicationId: string) => ({
  id,
  application_id: applicationId,
  username: id,
  username_key: id,
  full_name: '',
  email: '',
  phone: '',
  external_guid: '',
  enabled: 1 as const,
  device_limit: null,
  password_hash: null,
  held_by_request_id: null,
  unanswered_streak: 0,
  left_alone_until: null,
  last_authenticated_at: null,
  last_onboarded_at: null,
  requests_opened: 0,
  created_at: 1,
  updated_at: 1,
  search_key: '',
});

/** A login of nobody known, let in at once. @param at epoch milliseconds */
export const bareLogin = (id: string, applicationId: string, at: number): AuthRequestTable => ({
  id,
  application_id: applicationId,
  user_id: null,
  username: 'alice',
  status: 'approved',
  reason: null,
  door: 'api',
  door_id: 'acl_test',
  door_context: null,
  packet_digest: null,
  state_hash: null,
  client_name: 'VPN',
  client_address: null,
  reply_attributes: null,
  created_at: at,
  expires_at: at + 60_000,
  decided_at: at,
  updated_at: at,
  steps: '',
});
