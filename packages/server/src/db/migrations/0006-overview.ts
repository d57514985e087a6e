// What the console asks: users in several orders, the audit trail of administration, nodes, and how many logins ended how.

/**
 * The last login has no index: every login would write it anew. Of the audit trail, what a login writes stays out of these indexes; its
 * events are found by time. PostgreSQL compares bytes there, as SQLite does.
 */
const before = `
  create index users_by_name on users (username_key, id);
  create index users_by_full_name on users (lower(full_name), id) where full_name <> '';
  create index users_by_creation on users (created_at, id);
  create index devices_in_use on devices (user_id) where revoked_at is null;
`;

export const overview = { sqlite: [before], postgres: [before] };
