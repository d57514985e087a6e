// OpenID providers of applications, which users came by them, and the logins under way.

export const openid = [
  `
  create table openid_providers (
    id text not null primary key, application_id text not null references applications (id) on delete cascade,
    name text not null, enabled integer not null, settings text not null, client_secret text, revision bigint not null,
    created_at bigint not null, updated_at bigint not null
  );
  create index openid_providers_by_application on openid_providers (application_id, id);
  create table openid_provider_users (
    user_id text not null primary key references users (id) on delete cascade,
    provider_id text not null references openid_providers (id) on delete cascade, seen_at bigint not null
  );
  create index openid_provider_users_by_provider on openid_provider_users (provider_id);
  create table openid_logins (
    id text not null primary key, provider_id text not null references openid_providers (id) on delete cascade,
    provider_revision bigint not null, purpose text not null, owner_id text not null, state_hash text not null unique,
    secrets text not null, expires_at bigint not null, used_at bigint, created_at bigint not null
  );
  create index openid_logins_by_owner on openid_logins (owner_id);
  create index openid_logins_by_provider on openid_logins (provider_id);
  create index openid_logins_by_expiry on openid_logins (expires_at);
  `,
];
