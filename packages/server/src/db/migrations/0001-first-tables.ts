// The first schema, in SQL that both databases read alike. A migration that was released is never edited; the next one changes what
// it left. Times are epoch milliseconds (bigint), flags 0 or 1 (integer), JSON is text.

const accountTables = `
  create table installation (
    singleton integer not null primary key check (singleton = 1),
    id text not null, name text not null, key_id text not null, created_at bigint not null
  );
  create table applications (
    id text not null primary key, access_id text not null unique, name text not null, name_key text not null unique,
    request_seconds integer not null, device_limit integer not null, enabled integer not null,
    created_at bigint not null, updated_at bigint not null
  );
  create table users (
    id text not null primary key, application_id text not null references applications (id) on delete cascade,
    username text not null, username_key text not null, full_name text not null, email text not null, phone text not null,
    external_guid text not null, enabled integer not null, device_limit integer, password_hash text,
    held_by_request_id text, unanswered_streak integer not null, left_alone_until bigint,
    last_authenticated_at bigint, last_onboarded_at bigint, created_at bigint not null, updated_at bigint not null,
    unique (application_id, username_key)
  );
  create table teams (
    id text not null primary key, application_id text not null references applications (id) on delete cascade,
    name text not null, name_key text not null, unique (application_id, name_key)
  );
  create table team_members (
    team_id text not null references teams (id) on delete cascade,
    user_id text not null references users (id) on delete cascade,
    primary key (team_id, user_id)
  );
  create index team_members_by_user on team_members (user_id);
  create table api_clients (
    id text not null primary key, name text not null, name_key text not null unique, secret_hash text not null, scopes text not null,
    application_id text references applications (id) on delete cascade, enabled integer not null, last_used_at bigint,
    created_at bigint not null, updated_at bigint not null
  );
  create table access_tokens (
    token_hash text not null primary key, api_client_id text not null references api_clients (id) on delete cascade,
    scopes text not null, expires_at bigint not null
  );
  create index access_tokens_by_expiry on access_tokens (expires_at);
  create table setup_links (
    id text not null primary key, token_hash text not null unique, created_at bigint not null, expires_at bigint not null, used_at bigint
  );
`;

// Certificates outlive their device and user: a revoked one stays on the CRL until it would have expired.
const deviceTables = `
  create table onboarding_links (
    id text not null primary key, user_id text not null references users (id) on delete cascade, ticket_hash text not null unique,
    created_at bigint not null, expires_at bigint not null, used_at bigint, device_id text
  );
  create index onboarding_links_by_user on onboarding_links (user_id);
  create table devices (
    id text not null primary key, user_id text not null references users (id) on delete cascade,
    name text not null, platform text not null, app_version text not null, key_thumbprint text not null unique,
    signing_key text not null, encryption_key text not null, certificate_serial text not null,
    created_at bigint not null, last_seen_at bigint, revoked_at bigint
  );
  create index devices_by_user on devices (user_id);
  create table certificates (
    serial text not null primary key, authority_id text not null, device_id text not null, pem text not null,
    not_before bigint not null, not_after bigint not null, revoked_at bigint, revocation_reason integer
  );
  create index certificates_by_device on certificates (device_id);
  create index certificates_by_revocation on certificates (revoked_at);
  create table certificate_authorities (
    id text not null primary key, certificate text not null, private_key text not null, crl_number bigint not null, crl text,
    crl_revoked_count bigint not null, crl_this_update bigint not null, crl_next_update bigint not null, created_at bigint not null
  );
  create table proofs (
    key_thumbprint text not null, jti text not null, expires_at bigint not null, primary key (key_thumbprint, jti)
  );
  create index proofs_by_expiry on proofs (expires_at);
`;

const radiusTables = `
  create table home_servers (
    id text not null primary key, name text not null, name_key text not null unique, address text not null, port integer not null,
    shared_secret text not null, message_authenticator text not null, timeout_ms integer not null, tries integer not null,
    dead_seconds integer not null, created_at bigint not null, updated_at bigint not null
  );
  create table radius_clients (
    id text not null primary key, name text not null, name_key text not null unique,
    application_id text not null references applications (id) on delete cascade, network text not null unique,
    shared_secret text not null, message_authenticator text not null, number_matching integer not null,
    strip_realm integer not null, append_realm text not null, enabled integer not null,
    created_at bigint not null, updated_at bigint not null
  );
  create table radius_client_home_servers (
    radius_client_id text not null references radius_clients (id) on delete cascade,
    home_server_id text not null references home_servers (id) on delete restrict,
    position integer not null, primary key (radius_client_id, home_server_id)
  );
`;

// Auth requests and what hangs on them outlive users and applications: the activity view and evidence tell from them.
const authRequestTables = `
  create table auth_requests (
    id text not null primary key, application_id text not null, user_id text, username text not null, status text not null, reason text,
    door text not null, door_id text not null, door_context text, state_hash text unique, client_name text not null, client_address text,
    reply_attributes text, created_at bigint not null, expires_at bigint not null, decided_at bigint, updated_at bigint not null
  );
  create unique index auth_requests_open on auth_requests (door_context) where status = 'pending';
  create index auth_requests_pending on auth_requests (expires_at) where status = 'pending';
  create index auth_requests_by_update on auth_requests (updated_at);
  create index auth_requests_by_application on auth_requests (application_id, created_at);
  create index auth_requests_by_user on auth_requests (user_id, created_at);
  create table challenges (
    id text not null primary key, auth_request_id text not null references auth_requests (id) on delete cascade, user_id text not null,
    status text not null, nonce text not null, content text not null, number text, device_id text,
    created_at bigint not null, expires_at bigint not null, decided_at bigint
  );
  create index challenges_by_request on challenges (auth_request_id);
  create index challenges_pending on challenges (user_id) where status = 'pending';
  create table steps (
    auth_request_id text not null references auth_requests (id) on delete cascade, position integer not null,
    at bigint not null, code text not null, details text not null, primary key (auth_request_id, position)
  );
  create table evidence (
    challenge_id text not null primary key, auth_request_id text not null, device_id text not null, content text not null, number text,
    answer text not null, certificate text not null, chain text not null, decided_at bigint not null
  );
  create index evidence_by_request on evidence (auth_request_id);
`;

const auditTables = `
  create table audit_events (
    chain text not null, sequence bigint not null, id text not null unique, at bigint not null, event text not null,
    actor_kind text not null, actor_id text, application_id text, subject_id text, data text not null, hash text not null,
    primary key (chain, sequence)
  );
  create index audit_events_by_time on audit_events (at);
  create table audit_heads (chain text not null primary key, sequence bigint not null, hash text not null, mac text not null);
`;

export const firstTables = [accountTables, deviceTables, radiusTables, authRequestTables, auditTables];
