// Groups over SCIM: the teams of the application.
import { changeTeam, createTeam, deleteTeam } from '#core/scim/change-team.ts';
import { getTeam, listTeams } from '#core/scim/list-teams.ts';
import type { ApiDeps } from '../api-deps.ts';
import { readGroup, toGroupResource } from './group-resource.ts';
import { patchTeam, readOperations } from './patch.ts';
import type { Asked } from './read-query.ts';
import type { ScimResources } from './resources.ts';

type Deps = Pick<ApiDeps, 'db' | 'clock' | 'random' | 'vault' | 'auditChain'>;

/** Entra ID asks so: members may be thousands, and it does not want them. */
const leavesMembersOut = ({ projection: { only, without } }: Asked): boolean =>
  without.has('members') ||
  (only !== undefined && ![...only].some((name) => name === 'members' || name.startsWith('members.')));

/** @param base where SCIM is reached, without a slash at the end */
export const scimGroups = (deps: Deps, base: string): ScimResources => ({
  list: async ({ applicationId }, asked) => {
    const withoutMembers = leavesMembersOut(asked);
    const { items, total } = await listTeams(deps, applicationId, { ...asked.list, withoutMembers });
    return { items: items.map((team) => toGroupResource(team, base, !withoutMembers)), total };
  },
  get: async ({ applicationId }, id) => toGroupResource(await getTeam(deps, applicationId, id), base),
  create: async (caller, body) =>
    toGroupResource(await createTeam(deps, caller, caller.applicationId, readGroup(body)), base),
  replace: async (caller, id, body, refuse) => {
    const wanted = readGroup(body);
    const after = await changeTeam(deps, caller, caller.applicationId, id, (before) => {
      refuse(toGroupResource(before, base));
      return wanted;
    });
    return toGroupResource(after, base);
  },
  patch: async (caller, id, body, refuse) => {
    const operations = readOperations(body);
    const after = await changeTeam(deps, caller, caller.applicationId, id, (before) => {
      refuse(toGroupResource(before, base));
      return patchTeam(before, operations);
    });
    return toGroupResource(after, base);
  },
  remove: (caller, id, refuse) =>
    deleteTeam(deps, caller, caller.applicationId, id, (before) => refuse(toGroupResource(before, base))),
});
