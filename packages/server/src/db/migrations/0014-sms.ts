// SMS gateways in their order, the rules for texts, what was sent (for as long as limits look back), and codes that wait to be typed.

export const sms = [
  `
  create table sms_gateways (
    id text not null primary key,
    name text not null, name_key text not null unique,
    kind text not null, position integer not null, enabled integer not null,
    settings text not null, password text,
    last_accepted_at bigint, last_failed_at bigint, last_failure text,
    created_at bigint not null, updated_at bigint not null
  );
  create table sms_rules (
    singleton integer not null primary key check (singleton = 1),
    rules text not null, counted bigint not null, updated_at bigint
  );
  create table sms_sends (
    id text not null primary key,
    at bigint not null, number_key text not null, user_id text, prefix text not null, real integer not null
  );
  create index sms_sends_by_number on sms_sends (number_key, at);
  create index sms_sends_by_user on sms_sends (user_id, at);
  create index sms_sends_by_prefix on sms_sends (prefix, at);
  create index sms_sends_by_time on sms_sends (at);
  create table sms_codes (
    id text not null primary key,
    purpose text not null, owner_id text not null,
    user_id text references users (id) on delete cascade,
    number text not null, code_hash text not null,
    attempts integer not null, resends integer not null,
    sent_at bigint not null, expires_at bigint not null, used_at bigint
  );
  create unique index sms_codes_by_owner on sms_codes (purpose, owner_id);
  create index sms_codes_by_expiry on sms_codes (expires_at);
  create index users_by_phone on users (application_id, phone);
  `,
];
