// Administrators who come in by a group of a directory, and which directory that is.

export const administratorsByDirectory = [
  `
  alter table administrators add column kind text not null default 'local';
  alter table administrators add column directory_guid text;
  alter table administrators add column directory_checked_at bigint;
  create unique index administrators_by_directory on administrators (directory_guid);
  create table administrator_directory (
    singleton integer not null primary key, enabled integer not null,
    source_id text references user_sources (id) on delete set null,
    role_groups text not null, revision bigint not null, changed_at bigint
  );
  create index administrator_directory_by_source on administrator_directory (source_id);
  `,
];
