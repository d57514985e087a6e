// Tokens of systems that push users and teams by SCIM, and what SCIM wants to know of a team.

export const scim = [
  `
  create table scim_tokens (
    id text not null primary key,
    application_id text not null references applications (id) on delete cascade,
    name text not null,
    token_hash text not null unique,
    expires_at bigint, last_used_at bigint, created_at bigint not null
  );
  create index scim_tokens_by_application on scim_tokens (application_id);
  alter table teams add column external_id text not null default '';
  alter table teams add column kept integer not null default 0;
  alter table teams add column created_at bigint not null default 0;
  alter table teams add column updated_at bigint not null default 0;
  `,
];
