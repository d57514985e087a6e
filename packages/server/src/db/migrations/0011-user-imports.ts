// Files of users on their way into an application: what is known of each, and its rows, sealed since passwords may be among them.

export const userImports = [
  `
  create table user_imports (
    id text not null primary key,
    application_id text not null references applications (id) on delete cascade,
    state text not null, runner text not null, document text not null,
    created_at bigint not null, touched_at bigint not null
  );
  create index user_imports_by_touch on user_imports (touched_at);
  create table user_import_pieces (
    import_id text not null references user_imports (id) on delete cascade, number bigint not null,
    passwords bigint not null, content text not null,
    primary key (import_id, number)
  );
  `,
];
