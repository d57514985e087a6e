// User sources of applications (directories), which users came from them, and the syncs that keep them up to date.

export const userSources = [
  `
  create table user_sources (
    id text not null primary key, application_id text not null references applications (id) on delete cascade,
    position integer not null, kind text not null, name text not null, settings text not null,
    bind_password text not null, revision bigint not null, sync_hours integer, next_sync_at bigint,
    enabled integer not null, created_at bigint not null, updated_at bigint not null
  );
  create index user_sources_by_application on user_sources (application_id, position);
  create index user_sources_due on user_sources (next_sync_at) where next_sync_at is not null;
  create table user_source_users (
    user_id text not null primary key references users (id) on delete cascade,
    source_id text not null references user_sources (id) on delete cascade,
    disabled_by_sync integer not null, seen_at bigint not null
  );
  create index user_source_users_by_source on user_source_users (source_id, user_id);
  create table user_source_syncs (
    id text not null primary key, source_id text not null references user_sources (id) on delete cascade,
    username text, dry_run integer not null, status text not null, failure text, detail text not null,
    counts text not null, changes text not null, started_at bigint not null, alive_at bigint not null, ended_at bigint
  );
  create unique index user_source_syncs_running on user_source_syncs (source_id) where status = 'running';
  create index user_source_syncs_by_source on user_source_syncs (source_id, id);
  create table user_source_seen (
    sync_id text not null references user_source_syncs (id) on delete cascade, user_id text not null,
    primary key (sync_id, user_id)
  );
  `,
];
