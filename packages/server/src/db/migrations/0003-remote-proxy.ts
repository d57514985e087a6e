// For RADIUS proxies at other sites: how long one may let people in without this server, and whom it did.

export const remoteProxy = [
  `
  alter table applications add column unreachable_grace_seconds integer not null default 0;
  create table unreachable_logins (
    api_client_id text not null, id text not null,
    application_id text not null references applications (id) on delete cascade,
    reported_at bigint not null, primary key (api_client_id, id)
  );
  create index unreachable_logins_by_application on unreachable_logins (application_id);
  `,
];
