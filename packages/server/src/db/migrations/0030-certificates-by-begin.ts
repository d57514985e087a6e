// Certificates are listed newest first.

export const certificatesByBegin = [
  'create index certificates_by_begin on certificates (not_before, serial);',
];
