// countersign administrators …
import type { Command } from 'commander';
import { AdministratorChanges, NewAdministrator } from '@countersign/contract/administrator-models.ts';
import { changeAdministrator } from '#core/administrators/change-administrator.ts';
import { createAdministrator } from '#core/administrators/create-administrator.ts';
import { deleteAdministrator } from '#core/administrators/delete-administrator.ts';
import { getAdministrator, listAdministrators } from '#core/administrators/get-administrator.ts';
import { inviteAdministrator } from '#core/administrators/invite-administrator.ts';
import { addCommand, addGroup } from '../command.ts';
import { confirm, refuseUnasked, yesOption } from '../confirm.ts';
import type { Context } from '../context.ts';
import { showTime } from '../output/table.ts';
import { consoleActor, withApp } from '../with-app.ts';
import { administratorNaming } from './naming.ts';
import { addChange, addCreate, addDelete, addList, addShow, type Thing } from './verbs.ts';

const thing: Thing = {
  noun: 'administrator',
  plural: 'administrators',
  group: 'administrators',
  naming: administratorNaming,
  sample: 'ann',
};

export function addAdministrators(parent: Command, context: Context): void {
  const group = addGroup(parent, thing.group, 'People who sign in to the console.', 'administrators list');
  addCreate(group, context, thing, {
    schema: NewAdministrator,
    example: '--username ann --role helpdesk',
    secret: 'invitation_link',
    create: (app, input) => createAdministrator(app, consoleActor, 'everything', input),
  });
  addList(group, context, thing, {
    columns: [
      'id',
      'username',
      'role',
      'kind',
      'enabled',
      'has_password',
      'passkey_count',
      'last_signed_in_at',
    ],
    list: (app, query) => listAdministrators(app, query),
  });
  addShow(group, context, thing, (app, id) => getAdministrator(app, id));
  addChange(group, context, thing, {
    schema: AdministratorChanges,
    example: '--role auditor',
    change: (app, id, changes) => changeAdministrator(app, consoleActor, 'everything', id, changes),
  });
  addInvite(group, context);
  addDelete(group, context, thing, {
    summary: 'Delete an administrator and end the sessions.',
    done: 'deleted',
    show: (app, id) => getAdministrator(app, id),
    warning: ({ username }) => `This deletes the administrator “${String(username)}”.`,
    word: ({ username }) => String(username),
    remove: (app, id) => deleteAdministrator(app, consoleActor, 'everything', id),
  });
}

function addInvite(group: Command, context: Context): void {
  const { argument, description } = administratorNaming;
  addCommand(group, context, {
    usage: `invite ${argument}`,
    args: { administrator: description },
    summary:
      'Take an administrator’s password, passkeys, phone and sessions away and make a new invitation link.',
    options: [yesOption()],
    examples: ['administrators invite ann'],
    async run(given) {
      refuseUnasked(context.io, given.values);
      return withApp(context, async (app) => {
        const id = await administratorNaming.find(app, given);
        const { username } = await getAdministrator(app, id);
        const warning = `This takes the password, passkeys, phone and sessions of “${username}” away.`;
        await confirm(context.io, given.values, warning, username);
        const invitation = await inviteAdministrator(app, consoleActor, 'everything', id);
        const { invitation_link: link, expires_at } = invitation;
        return { document: invitation, text: `${link}\n\nIt works once, until ${showTime(expires_at)}.\n` };
      });
    },
  });
}
