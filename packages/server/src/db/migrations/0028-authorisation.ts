// Whether logins to an application are decided at all, apart from whether devices are bound.

export const authorisation = [
  `alter table applications add column authorisation text not null default 'open';`,
];
