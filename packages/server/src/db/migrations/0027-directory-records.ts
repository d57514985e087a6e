// Which records of devices were written into directories, and what failed.

export const directoryRecords = [
  `
  create table directory_records (
    user_id text not null primary key references users (id) on delete cascade,
    source_id text not null references user_sources (id) on delete cascade,
    devices_digest text not null, login_digest text not null, written_at bigint not null,
    tries integer not null, next_try_at bigint not null, failure text
  );
  create index directory_records_by_source on directory_records (source_id);
  create index directory_records_failed on directory_records (next_try_at) where failure is not null;
  create index devices_by_revocation on devices (revoked_at) where revoked_at is not null;
  `,
];
