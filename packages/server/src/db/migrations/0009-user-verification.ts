// Applications that want the user verified before an approval, and what devices verify their users with.

export const userVerification = [
  `
  alter table applications add column user_verification text not null default 'off';
  create table verification_credentials (
    device_id text not null primary key references devices (id) on delete cascade,
    credential_id text not null, public_key text not null, sign_count bigint not null,
    created_at bigint not null, last_used_at bigint
  );
  create table verification_ceremonies (
    device_id text not null primary key references devices (id) on delete cascade,
    challenge text not null, expires_at bigint not null
  );
  `,
];
