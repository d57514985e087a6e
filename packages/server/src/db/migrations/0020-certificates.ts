// A root and intermediates in place of the one authority, which goes on as it was where there is one.

export const certificates = [
  `
  alter table certificate_authorities add column kind text not null default 'single';
  alter table certificate_authorities add column issuers text not null default '[]';
  create table authority_requests (
    id text not null primary key, request text not null, private_key text not null, created_at bigint not null
  );
  alter table scep_profiles add column enabled integer not null default 1;
  create index certificates_by_authority on certificates (authority_id, not_after);
  `,
];
