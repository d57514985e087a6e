// Teams whose members are asked for the second factor: said here, or by the directory of a user source.

export const teams = [
  `
  alter table teams add column second_factor_required integer not null default 0;
  create table team_policies (
    team_id text not null references teams (id) on delete cascade,
    source_id text not null references user_sources (id) on delete cascade,
    primary key (team_id, source_id)
  );
  create index team_policies_by_source on team_policies (source_id);
  `,
];
