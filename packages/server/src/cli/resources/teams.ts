// countersign teams …: whose members are asked on the phone, where an application asks by team.
import type { Command } from 'commander';
import { z } from 'zod';
import { NewTeam, TeamChanges } from '@countersign/contract/team-models.ts';
import { changeTeam, createTeam, deleteTeam } from '#core/users/administer-teams.ts';
import { getTeam, listTeams } from '#core/users/list-teams.ts';
import { addCommand, addGroup } from '../command.ts';
import type { Context } from '../context.ts';
import { followPages, limitOption } from '../follow-pages.ts';
import { renderTable } from '../output/table.ts';
import { consoleActor, everything, withApp } from '../with-app.ts';
import { applicationNaming, findApplicationId, teamNaming } from './naming.ts';
import { addChange, addCreate, addDelete, addShow, type Thing } from './verbs.ts';

const thing: Thing = {
  noun: 'team',
  plural: 'teams',
  group: 'teams',
  naming: teamNaming,
  sample: 'tem_01890a5d-ac96-774b-bcce-b302099a8057',
};

const NewTeamOf = NewTeam.extend({ application_id: z.string().describe('Whose team it is.') });

export function addTeams(parent: Command, context: Context): void {
  const group = addGroup(
    parent,
    thing.group,
    'Teams of users, and whose members are asked on the phone where an application asks by team.',
    'teams list VPN',
  );
  addCreate(group, context, thing, {
    schema: NewTeamOf,
    example: '--application VPN --name admins --second-factor-required',
    references: { application_id: findApplicationId },
    create: (app, { application_id: application, ...input }) =>
      createTeam(app, consoleActor, everything, application, input),
  });
  addListed(group, context);
  addShow(group, context, thing, (app, id) => getTeam(app, everything, id));
  addChange(group, context, thing, {
    schema: TeamChanges,
    example: '--second-factor-required',
    change: (app, id, changes) => changeTeam(app, consoleActor, everything, id, changes),
  });
  addDelete(group, context, thing, {
    summary: 'Delete a team; its members leave it and stay users.',
    done: 'deleted',
    show: (app, id) => getTeam(app, everything, id),
    warning: ({ name }) =>
      `This deletes the team “${String(name)}”; nobody is asked on the phone for its sake any more.`,
    word: ({ name }) => String(name),
    remove: (app, id) => deleteTeam(app, consoleActor, everything, id),
  });
}

const columns = ['id', 'name', 'member_count', 'second_factor_required', 'required_by'] as const;

function addListed(group: Command, context: Context): void {
  addCommand(group, context, {
    usage: 'list <application>',
    args: { application: applicationNaming.description },
    summary: 'List the teams of an application by name.',
    examples: ['teams list VPN'],
    options: [limitOption()],
    run: (given) =>
      withApp(context, async (app) => {
        const application = await applicationNaming.find(app, given);
        const limit = Number(given.values.limit);
        const { items, more } = await followPages(limit, (query) =>
          listTeams(app, everything, application, query),
        );
        const told = items.map((team) => ({
          ...team,
          required_by: team.required_by
            .map(({ name, unread_at }) => (unread_at === null ? name : `${name} (not read)`))
            .join(', '),
        }));
        return {
          document: { items, more },
          text: items.length === 0 ? 'No teams.\n' : renderTable(columns, told),
          note: more ? `Only the first ${limit} are shown; --limit shows more.` : undefined,
        };
      }),
  });
}
