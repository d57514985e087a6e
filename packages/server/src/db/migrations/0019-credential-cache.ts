// Passwords that user sources accepted, hashed, for the time in which a source cannot be asked.

export const credentialCache = [
  `
  alter table user_source_users add column refused_at bigint not null default 0;
  create table user_source_credentials (
    user_id text not null primary key references users (id) on delete cascade,
    source_id text not null references user_sources (id) on delete cascade,
    revision bigint not null, name_key text not null, password_hash text not null, wrong_tries integer not null,
    kept_at bigint not null
  );
  create index user_source_credentials_by_name on user_source_credentials (source_id, name_key);
  `,
];
