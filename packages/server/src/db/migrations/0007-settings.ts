// Settings that somebody changed; each has a default in the contract.

export const settings = [
  `
  create table settings (
    name text not null primary key, value integer not null,
    changed_at bigint not null, changed_by_kind text not null, changed_by_id text
  );
  `,
];
