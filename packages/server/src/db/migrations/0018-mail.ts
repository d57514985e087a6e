// E-mail beside SMS: the tables of SMS become tables of messages, which say by which channel.

export const mail = [
  `
  create table message_gateways (
    id text not null primary key, channel text not null,
    name text not null, name_key text not null,
    kind text not null, position integer not null, enabled integer not null,
    settings text not null, password text,
    last_accepted_at bigint, last_failed_at bigint, last_failure text,
    created_at bigint not null, updated_at bigint not null
  );
  create unique index message_gateways_by_name on message_gateways (channel, name_key);
  insert into message_gateways
    select id, 'sms', name, name_key, kind, position, enabled, settings, password,
      last_accepted_at, last_failed_at, last_failure, created_at, updated_at
    from sms_gateways;
  drop table sms_gateways;
  create table message_rules (
    channel text not null primary key,
    rules text not null, counted bigint not null, updated_at bigint
  );
  insert into message_rules select 'sms', rules, counted, updated_at from sms_rules;
  drop table sms_rules;
  create table message_sends (
    id text not null primary key, channel text not null,
    at bigint not null, address_key text not null, user_id text, area text not null, real integer not null
  );
  insert into message_sends select id, 'sms', at, number_key, user_id, prefix, real from sms_sends;
  drop table sms_sends;
  create index message_sends_by_address on message_sends (channel, address_key, at);
  create index message_sends_by_user on message_sends (channel, user_id, at);
  create index message_sends_by_area on message_sends (channel, area, at);
  create index message_sends_by_time on message_sends (channel, at);
  create table message_codes (
    id text not null primary key, channel text not null,
    purpose text not null, owner_id text not null,
    user_id text references users (id) on delete cascade,
    address text not null, code_hash text not null,
    attempts integer not null, resends integer not null,
    sent_at bigint not null, expires_at bigint not null, used_at bigint
  );
  insert into message_codes
    select id, 'sms', purpose, owner_id, user_id, number, code_hash, attempts, resends, sent_at, expires_at, used_at
    from sms_codes;
  drop table sms_codes;
  create unique index message_codes_by_owner on message_codes (channel, purpose, owner_id);
  create index message_codes_by_expiry on message_codes (expires_at);
  create index users_by_email on users (application_id, lower(email));
  `,
];
