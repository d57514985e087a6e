// Logo and background of an application. Their bytes are here too, so that every node and every backup has them.

export const applicationImages = [
  `
  alter table applications add column logo text;
  alter table applications add column background text;
  create table application_images (
    application_id text not null references applications (id) on delete cascade, kind text not null,
    digest text not null, type text not null, content text not null, created_at bigint not null,
    primary key (application_id, kind)
  );
  `,
];
