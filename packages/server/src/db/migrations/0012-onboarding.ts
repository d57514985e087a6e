// What applications require of a new device, and the onboarding processes that meet it. A process names its user without referring to
// one: it is remembered when the user is deleted, as auth requests are.

export const onboarding = [
  `
  alter table applications add column device_mode text not null default 'single';
  alter table applications add column enrolment text not null default 'open';
  alter table applications add column new_device_wait_seconds bigint not null default 0;
  update applications set device_mode = 'multiple' where device_limit > 1;
  create index users_by_external_guid on users (application_id, external_guid) where external_guid <> '';
  create table application_requirements (
    application_id text not null primary key references applications (id) on delete cascade,
    revision bigint not null, requirements text not null, updated_at bigint not null
  );
  create table onboarding_processes (
    id text not null primary key, application_id text not null references applications (id) on delete cascade,
    key_thumbprint text not null, status text not null, ending text, refusal text,
    requirements_revision bigint not null, kinds text not null, position integer not null, tries integer not null,
    state text, waits_for text, user_id text, username text not null, vouched integer not null,
    device_name text not null, platform text not null, app_version text not null, address text not null,
    device_id text, ready_at bigint, created_at bigint not null, updated_at bigint not null, expires_at bigint not null,
    ended_at bigint, steps text not null
  );
  create unique index onboarding_processes_open on onboarding_processes (application_id, key_thumbprint) where status = 'open';
  create index onboarding_processes_waiting on onboarding_processes (application_id, waits_for) where status = 'open';
  create index onboarding_processes_expiring on onboarding_processes (expires_at) where status = 'open';
  create index onboarding_processes_ended on onboarding_processes (ended_at) where ended_at is not null;
  create index onboarding_processes_by_application on onboarding_processes (application_id, id);
  create index onboarding_processes_by_update on onboarding_processes (updated_at);
  `,
];
