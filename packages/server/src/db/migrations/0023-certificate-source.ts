// Where the certificates of devices come from, and what is under way at a third party's authority.

export const certificateSource = [
  `
  create table certificate_sources (
    singleton integer not null primary key, revision bigint not null, settings text not null, secret text,
    authority_id text, registrars text not null, registrar_certificate text not null, registrar_key text not null,
    changed_at bigint not null
  );
  create table certificate_enrolments (
    key_thumbprint text not null primary key, revision bigint not null, device_id text not null, state text not null,
    challenge text, challenge_until bigint not null, transaction_id text not null, request text, certificate text,
    created_at bigint not null
  );
  create index certificate_enrolments_by_age on certificate_enrolments (created_at);
  `,
];
