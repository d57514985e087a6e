// Which user source brought an administrator: the ids of another one mean other people.

export const administratorSource = [
  `
  alter table administrators add column directory_source_id text;
  update administrators set directory_source_id = (select d.source_id from administrator_directory as d)
    where kind = 'directory';
  drop index administrators_by_directory;
  create unique index administrators_by_directory on administrators (directory_source_id, directory_guid);
  `,
];
