// Administrators of the console: how they sign in, and their sessions.

export const administrators = [
  `
  create table administrators (
    id text not null primary key, username text not null, username_key text not null unique, role text not null,
    enabled integer not null, password_hash text, phone_user_id text references users (id) on delete set null,
    last_signed_in_at bigint, created_at bigint not null, updated_at bigint not null
  );
  create index administrators_by_phone on administrators (phone_user_id);
  create table passkeys (
    id text not null primary key, administrator_id text not null references administrators (id) on delete cascade,
    name text not null, credential_id text not null unique, public_key text not null, counter bigint not null,
    transports text not null, synced integer not null, created_at bigint not null, last_used_at bigint
  );
  create index passkeys_by_administrator on passkeys (administrator_id);
  create table sessions (
    id text not null primary key, administrator_id text not null references administrators (id) on delete cascade,
    token_hash text not null unique, strength text not null, verified_at bigint not null,
    phone_request_id text, phone_until bigint, address text not null, user_agent text not null,
    created_at bigint not null, last_used_at bigint not null, expires_at bigint not null
  );
  create index sessions_by_administrator on sessions (administrator_id);
  create index sessions_by_expiry on sessions (expires_at);
  alter table setup_links add column administrator_id text references administrators (id) on delete cascade;
  create index setup_links_by_administrator on setup_links (administrator_id);
  create table ceremonies (
    id text not null primary key, kind text not null, challenge text not null, administrator_id text,
    session_id text references sessions (id) on delete cascade,
    setup_link_id text references setup_links (id) on delete cascade, expires_at bigint not null
  );
  create index ceremonies_by_expiry on ceremonies (expires_at);
  create index ceremonies_by_session on ceremonies (session_id);
  create index ceremonies_by_setup_link on ceremonies (setup_link_id);
  `,
];
