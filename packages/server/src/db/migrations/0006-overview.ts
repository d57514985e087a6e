// What the console asks: users in several orders, the audit trail of administration, nodes, and how many logins ended how.

// The last login has no index: every login would write it anew.
const tables = `
  create index users_by_name on users (username_key, id);
  create index users_by_full_name on users (lower(full_name), id) where full_name <> '';
  create index users_by_creation on users (created_at, id);
  create index users_of_application_by_full_name on users (application_id, lower(full_name), id) where full_name <> '';
  create index users_of_application_by_creation on users (application_id, created_at, id);
  create index users_held on users (id) where held_by_request_id is not null;
  create index devices_in_use on devices (user_id) where revoked_at is null;
  create table nodes (
    instance_id text not null primary key, name text not null, version text not null, started_at bigint not null,
    seen_at bigint not null, certificate_ends_at bigint, services text not null
  );
  create table counted_hours (hour integer not null primary key);
  create table login_hours (
    hour integer not null, application_id text not null, status text not null, logins integer not null,
    primary key (hour, application_id, status)
  );
`;

/** What logins write stays out of these: it is found by time. The bounds are compared byte by byte, whatever the database's language. */
const auditIndexes = (bytes: string): string => {
  const administration = `where event ${bytes} < 'auth_request.' or event ${bytes} >= 'auth_request/'`;
  return ['subject_id', 'actor_id', 'event']
    .map(
      (column) =>
        `create index audit_administration_by_${column} on audit_events (${column}, id) ${administration};`,
    )
    .join('\n');
};

/** PostgreSQL does not see that rows without a user stand in order in the index by user; few logins are written into this one. */
const strangers = `create index auth_requests_of_strangers on auth_requests (created_at, id) where user_id is null;`;

export const overview = {
  sqlite: [tables, auditIndexes('')],
  postgres: [tables, auditIndexes('collate "C"'), strangers],
};
