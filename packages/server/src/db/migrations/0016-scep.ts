// Certificates of routers and VPN gateways, which ask for them by SCEP: profiles, challenges, requests, and the key they encrypt to.

export const scep = [
  `
  alter table certificates add column subject text not null default '';
  alter table certificates add column scep_request_id text;
  create table scep_registrars (
    authority_id text not null primary key, serial text not null, certificate text not null, private_key text not null,
    not_after bigint not null
  );
  create table scep_profiles (
    id text not null primary key, name text not null, name_key text not null unique, challenge text not null,
    challenge_hash text, approval text not null, valid_days integer not null, accept_legacy integer not null,
    created_at bigint not null
  );
  create table scep_challenges (
    id text not null primary key, profile_id text not null references scep_profiles (id) on delete cascade,
    challenge_hash text not null unique, common_name text, expires_at bigint not null, used_at bigint, created_at bigint not null
  );
  create index scep_challenges_by_profile on scep_challenges (profile_id);
  create table scep_requests (
    id text not null primary key, profile_id text not null references scep_profiles (id) on delete cascade,
    transaction_id text not null, key_hash text not null, state text not null, subject_der text not null, subject text not null,
    public_key text not null, names_der text, dns_names text not null, certificate text, serial text,
    created_at bigint not null, decided_at bigint, unique (profile_id, transaction_id)
  );
  create index scep_requests_by_state on scep_requests (profile_id, state);
  `,
];
