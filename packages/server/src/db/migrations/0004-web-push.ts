// Where devices are woken by push, and the key that push services know this installation by.

export const webPush = [
  `
  create table vapid_keys (
    singleton integer not null primary key check (singleton = 1),
    public_key text not null, private_key text not null, created_at bigint not null
  );
  create table push_subscriptions (
    device_id text not null primary key references devices (id) on delete cascade, id text not null,
    service text not null, endpoint text not null, p256dh text, auth text,
    token_hash text not null, token_expires_at bigint not null, proved_at bigint,
    failure text, failure_status integer, failed_at bigint, created_at bigint not null
  );
  create index push_subscriptions_by_failure on push_subscriptions (failed_at);
  `,
];
