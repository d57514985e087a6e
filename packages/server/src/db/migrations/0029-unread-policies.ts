// When a directory that said of a group that its members are asked was found to say nothing of it any more.

export const unreadPolicies = [`alter table team_policies add column unread_at bigint;`];
