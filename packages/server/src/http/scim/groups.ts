// Groups over SCIM: the teams of the application.
import { changeScimTeam, createScimTeam, deleteScimTeam } from '#core/scim/change-scim-team.ts';
import { getScimTeam, listScimTeams } from '#core/scim/list-scim-teams.ts';
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
    const { items, total } = await listScimTeams(deps, applicationId, { ...asked.list, withoutMembers });
    return { items: items.map((team) => toGroupResource(team, base, !withoutMembers)), total };
  },
  get: async ({ applicationId }, id) => toGroupResource(await getScimTeam(deps, applicationId, id), base),
  create: async (caller, body) =>
    toGroupResource(await createScimTeam(deps, caller, caller.applicationId, readGroup(body)), base),
  replace: async (caller, id, body, refuse) => {
    const wanted = readGroup(body);
    const after = await changeScimTeam(deps, caller, caller.applicationId, id, (before) => {
      refuse(toGroupResource(before, base));
      return wanted;
    });
    return toGroupResource(after, base);
  },
  patch: async (caller, id, body, refuse) => {
    const operations = readOperations(body);
    const after = await changeScimTeam(deps, caller, caller.applicationId, id, (before) => {
      refuse(toGroupResource(before, base));
      return patchTeam(before, operations);
    });
    return toGroupResource(after, base);
  },
  remove: (caller, id, refuse) =>
    deleteScimTeam(deps, caller, caller.applicationId, id, (before) => refuse(toGroupResource(before, base))),
});
