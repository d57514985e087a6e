// countersign users …
import { type Command, Option } from 'commander';
import type { App } from '#app';
import { changeUser } from '#core/users/change-user.ts';
import { clearUserHold } from '#core/users/clear-user-hold.ts';
import { createUser } from '#core/users/create-user.ts';
import { deleteUser } from '#core/users/delete-user.ts';
import { getUser } from '#core/users/get-user.ts';
import { listUsers } from '#core/users/list-users.ts';
import { ids, NewUser, UserChanges } from '@countersign/contract/models.ts';
import { addCommand, addGroup } from '../command.ts';
import type { Context } from '../context.ts';
import { UsageError } from '../exit.ts';
import { type OptionValues, textOf } from '../fields/options-of-fields.ts';
import { renderRecord } from '../output/table.ts';
import { consoleActor, everything, withApp } from '../with-app.ts';
import { findApplicationId, findTeamId, userNaming } from './naming.ts';
import { addUserFiles } from './user-files.ts';
import { addChange, addCreate, addDelete, addList, addShow, type Thing } from './verbs.ts';

const thing: Thing = {
  noun: 'user',
  plural: 'users',
  group: 'users',
  naming: userNaming,
  sample: '--application VPN --username alice',
};

export function addUsers(parent: Command, context: Context): void {
  const group = addGroup(
    parent,
    thing.group,
    'The people of an application.',
    'users list --application VPN',
  );
  addCreate(group, context, thing, {
    schema: NewUser,
    example: '--application VPN --username alice --full-name "Alice Example" --password-prompt',
    references: { application_id: findApplicationId },
    create: (app, input) => createUser(app, consoleActor, everything, input),
  });
  addList(group, context, thing, {
    columns: ['id', 'username', 'full_name', 'enabled', 'device_count', 'requests_held', 'left_alone_until'],
    example: '--application VPN --team admins',
    options: () => [
      new Option('--application <id or name>', 'Only users of this application.'),
      new Option('--team <id or name>', 'Only members of this team; a name goes with --application.'),
      new Option('--search <text>', 'Part of user name, full name or e-mail.'),
    ],
    check: checkFilter,
    filter: userFilter,
    list: (app, query) => listUsers(app, everything, query),
  });
  addShow(group, context, thing, (app, id) => getUser(app, everything, id));
  addChange(group, context, thing, {
    schema: UserChanges,
    example: '--team admins --device-limit 2',
    // --username says whom to change.
    renamed: { username: 'new-username' },
    change: (app, id, changes) => changeUser(app, consoleActor, everything, id, changes),
  });
  addDelete(group, context, thing, {
    summary: 'Delete a user and revoke the user’s devices.',
    done: 'deleted',
    show: (app, id) => getUser(app, everything, id),
    warning: ({ username }) => `This deletes the user “${String(username)}” and revokes the user’s devices.`,
    word: ({ username }) => String(username),
    remove: (app, id) => deleteUser(app, consoleActor, everything, id),
  });
  addReleaseRequests(group, context);
  addUserFiles(group, context);
}

/** @throws UsageError */
function checkFilter({ application, team }: OptionValues): void {
  if (team !== undefined && application === undefined && !ids.team.safeParse(team).success)
    throw new UsageError('--team takes the name of a team only with --application; its id goes alone.');
}

async function userFilter(app: App, values: OptionValues) {
  const [application, team, search] = [values.application, values.team, values.search].map(textOf);
  const of = application === undefined ? undefined : await findApplicationId(app, application);
  return {
    ...(of !== undefined && { application_id: of }),
    ...(team !== undefined && { team_id: await findTeamId(app, of ?? '', team) }),
    ...(search !== undefined && { search }),
  };
}

function addReleaseRequests(group: Command, context: Context): void {
  addCommand(group, context, {
    usage: `release-requests ${userNaming.argument}`,
    alias: 'clear-hold',
    args: { user: userNaming.description },
    summary: 'Release requests that are held after “it was not me”, or quietened after too many in vain.',
    examples: [`users release-requests ${thing.sample}`],
    options: userNaming.options(),
    async run(given) {
      userNaming.check(given);
      return withApp(context, async (app) => {
        const id = await userNaming.find(app, given);
        const user = await clearUserHold(app, consoleActor, everything, id);
        return {
          document: user,
          text: `The requests are released: logins ask the phone again.\n\n${renderRecord(user)}`,
        };
      });
    },
  });
}
