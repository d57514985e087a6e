// A team as SCIM sees it: a group with members, which stays when nobody is in it.

export interface Member {
  readonly id: string;
  readonly username: string;
}

export interface ScimTeam {
  readonly id: string;
  readonly application_id: string;
  readonly name: string;
  readonly external_id: string;
  readonly members: readonly Member[];
  readonly created_at: number;
  readonly updated_at: number;
}

/** Absent fields stay. */
export interface ScimTeamChanges {
  readonly name?: string | undefined;
  readonly external_id?: string | undefined;
  /** The team has exactly these users afterwards, by id. */
  readonly members?: readonly string[] | undefined;
}

/** So many users may be in a team; more would not fit into an answer. */
export const maxMembers = 20_000;
