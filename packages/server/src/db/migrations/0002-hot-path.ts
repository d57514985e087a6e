// Makes a login few rows: its steps are lines of text in the row they belong to, since they are written with it and read with it.

/** The steps so far, oldest first, as one JSON array `[at, code, details]` a line (core/audit/steps.ts). */
const gatherSteps = (aggregate: string, newline: string): string => `
  update auth_requests set steps = (
    select ${aggregate}('[' || s.at || ',"' || s.code || '",' || s.details || ']' || ${newline}, '' order by s.position)
    from steps s where s.auth_request_id = auth_requests.id
  ) where exists (select 1 from steps s where s.auth_request_id = auth_requests.id);
`;

const before = `
  alter table applications add column second_factor text not null default 'push';
  alter table radius_clients add column relay integer not null default 0;
  alter table users add column requests_opened bigint not null default 0;
  alter table auth_requests add column packet_digest text;
  alter table auth_requests add column steps text not null default '';
  create unique index auth_requests_by_packet on auth_requests (packet_digest) where packet_digest is not null;
  drop index auth_requests_open;
  update auth_requests set door_context = null where status <> 'pending';
  create unique index auth_requests_by_context on auth_requests (door_context) where door_context is not null;
`;

// Nobody waits for a login that was over when it was written, and ids of events sort by time: what every login writes has few indexes.
const after = `
  drop table steps;
  drop index auth_requests_by_update;
  create index auth_requests_by_update on auth_requests (updated_at) where expires_at > created_at;
  drop index audit_events_by_time;
`;

// SQLite cannot drop the constraint, and there an empty entry costs little.
const statesOnPostgres = `
  alter table auth_requests drop constraint auth_requests_state_hash_key;
  create unique index auth_requests_by_state on auth_requests (state_hash) where state_hash is not null;
`;

export const hotPath = {
  sqlite: [before, gatherSteps('group_concat', 'char(10)'), after],
  postgres: [before, gatherSteps('string_agg', 'chr(10)'), after, statesOnPostgres],
};
