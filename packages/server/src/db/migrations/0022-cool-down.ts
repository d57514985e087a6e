// How long another device of a user cannot approve after it was bound: a rule of the application, and until when for each device.

export const coolDown = [
  `
  alter table applications add column new_device_cool_down_seconds bigint not null default 0;
  alter table devices add column approves_from bigint;
  `,
];
