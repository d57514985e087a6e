// Which enrolment a certificate by SCEP goes back to, so that its renewals can be counted, and when a request may be forgotten.

export const scepRenewals = [
  `
  alter table scep_requests add column enrolment_id text not null default '';
  alter table scep_requests add column valid_until bigint;
  update scep_requests set enrolment_id = id,
    valid_until = (select c.not_after from certificates as c where c.serial = scep_requests.serial);
  create index scep_requests_by_enrolment on scep_requests (enrolment_id);
  create index scep_requests_by_end on scep_requests (valid_until) where valid_until is not null;
  `,
];
