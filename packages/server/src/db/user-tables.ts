// Tables of users and of the teams that they are in.
import type { Flag } from './flag.ts';

export interface UserTable {
  id: string;
  application_id: string;
  username: string;
  username_key: string;
  full_name: string;
  email: string;
  phone: string;
  external_guid: string;
  enabled: Flag;
  device_limit: number | null;
  password_hash: string | null;
  /** The auth request whose report holds further requests; null when none do. */
  held_by_request_id: string | null;
  /** Denied or ignored requests in a row. */
  unanswered_streak: number;
  left_alone_until: number | null;
  last_authenticated_at: number | null;
  last_onboarded_at: number | null;
  /** How many auth requests were ever put to the user: two nodes that open one at the same moment find out by it. */
  requests_opened: number;
  created_at: number;
  updated_at: number;
  /** Parts of it are searched for (search-key.ts); it follows the names. */
  search_key: string;
}

export interface TeamTable {
  id: string;
  application_id: string;
  name: string;
  name_key: string;
  /** The id of this team in the system that pushes it by SCIM. */
  external_id: string;
  /** 1: pushed by SCIM, and stays when nobody is in it. */
  kept: Flag;
  created_at: number;
  updated_at: number;
  /** 1: members are asked on the phone where the application asks by team; set by administrators. Such a team stays when nobody is in it. */
  second_factor_required: Flag;
}

/** A user source whose directory says that members of the team are asked; such a team stays when nobody is in it. */
export interface TeamPolicyTable {
  team_id: string;
  source_id: string;
  /** When the group had no such attribute any more, or none that could be read; null when a sync has read it since. */
  unread_at: number | null;
}

export interface TeamMemberTable {
  team_id: string;
  user_id: string;
}
