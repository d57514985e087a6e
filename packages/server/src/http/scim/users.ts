// Users over SCIM: what each call does, on the use cases of the core.
import { NewUser, type User } from '@countersign/contract/models.ts';
import type { ScimCaller } from '#core/scim/find-scim-caller.ts';
import { listScimUsers } from '#core/scim/list-scim-users.ts';
import { selectTeamsOf } from '#core/scim/scim-team-store.ts';
import { changeUser } from '#core/users/change-user.ts';
import { createUser } from '#core/users/create-user.ts';
import { deleteUser } from '#core/users/delete-user.ts';
import { getUser } from '#core/users/get-user.ts';
import type { ApiDeps } from '../api-deps.ts';
import { patchUser, readOperations, replacedUser } from './patch.ts';
import type { JsonObject } from './resource.ts';
import type { ScimResources } from './resources.ts';
import { readUserDraft, toUserChanges, toUserResource, type UserDraft } from './user-resource.ts';

type Deps = Pick<ApiDeps, 'db' | 'clock' | 'random' | 'vault' | 'auditChain' | 'passwords'>;

/** @param base where SCIM is reached, without a slash at the end */
export function scimUsers(deps: Deps, base: string): ScimResources {
  const show = async (users: readonly User[]): Promise<JsonObject[]> => {
    const teams = await selectTeamsOf(
      deps.db.read,
      users.map(({ id }) => id),
    );
    return users.map((user) => toUserResource(user, teams.get(user.id) ?? [], base));
  };
  const showOne = async (user: User): Promise<JsonObject> => {
    const [resource] = await show([user]);
    if (!resource) throw new Error('one user went in and none came out');
    return resource;
  };
  const change = async (
    caller: ScimCaller,
    id: string,
    refuse: (resource: JsonObject) => void,
    decide: (before: User) => UserDraft,
  ): Promise<JsonObject> => {
    const before = await getUser(deps, caller.applicationId, id);
    const shown = await showOne(before);
    refuse(shown);
    const changes = toUserChanges(decide(before));
    return showOne(
      await changeUser(deps, caller, caller.applicationId, id, changes, (now) =>
        // Teams are named in it too; what changed between looking and writing is seen by the user itself.
        JSON.stringify(now) === JSON.stringify(before) ? undefined : refuse({}),
      ),
    );
  };
  return {
    list: async (caller, { list }) => {
      const { items, total } = await listScimUsers(deps, caller.applicationId, list);
      return { items: await show(items), total };
    },
    get: async (caller, id) => showOne(await getUser(deps, caller.applicationId, id)),
    create: async (caller, body) => {
      const { password, ...said } = toUserChanges(readUserDraft(body));
      const given = { ...said, ...(password === null ? {} : { password }) };
      const input = NewUser.parse({ ...given, application_id: caller.applicationId });
      const created = await createUser(deps, caller, caller.applicationId, input);
      return showOne(created);
    },
    replace: (caller, id, body, refuse) =>
      change(caller, id, refuse, (before) => replacedUser(readUserDraft(body), before)),
    patch: (caller, id, body, refuse) => {
      const operations = readOperations(body);
      return change(caller, id, refuse, () => patchUser(operations));
    },
    remove: async (caller, id, refuse) => {
      const before = await getUser(deps, caller.applicationId, id);
      refuse(await showOne(before));
      await deleteUser(deps, caller, caller.applicationId, id, (now) =>
        JSON.stringify(now) === JSON.stringify(before) ? undefined : refuse({}),
      );
    },
  };
}
