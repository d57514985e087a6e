// countersign home-servers …
import type { Command } from 'commander';
import { changeHomeServer } from '#core/home-servers/change-home-server.ts';
import { createHomeServer } from '#core/home-servers/create-home-server.ts';
import { deleteHomeServer } from '#core/home-servers/delete-home-server.ts';
import { getHomeServer } from '#core/home-servers/get-home-server.ts';
import { listHomeServers } from '#core/home-servers/list-home-servers.ts';
import { HomeServerChanges, NewHomeServer } from '@countersign/contract/radius-models.ts';
import { addGroup } from '../command.ts';
import type { Context } from '../context.ts';
import { messageAuthenticatorRisk } from '../message-authenticator-risk.ts';
import { consoleActor, everything } from '../with-app.ts';
import { homeServerNaming } from './naming.ts';
import { addChange, addCreate, addDelete, addList, addShow, type Thing } from './verbs.ts';

const thing: Thing = {
  noun: 'home server',
  plural: 'home servers',
  group: 'home-servers',
  naming: homeServerNaming,
  sample: 'radius-1',
};

export function addHomeServers(parent: Command, context: Context): void {
  const group = addGroup(
    parent,
    thing.group,
    'RADIUS servers that check the first factor.',
    'home-servers list',
  );
  addCreate(group, context, thing, {
    schema: NewHomeServer,
    example: '--name radius-1 --address 192.0.2.20 --shared-secret-prompt',
    present: ({ message_authenticator }) => messageAuthenticatorRisk(message_authenticator),
    create: (app, input) => createHomeServer(app, consoleActor, everything, input),
  });
  addList(group, context, thing, {
    columns: [
      'id',
      'name',
      'address',
      'port',
      'message_authenticator',
      'timeout_ms',
      'tries',
      'dead_seconds',
    ],
    list: (app, query) => listHomeServers(app, everything, query),
  });
  addShow(group, context, thing, (app, id) => getHomeServer(app, everything, id));
  addChange(group, context, thing, {
    schema: HomeServerChanges,
    example: '--timeout-ms 3000 --tries 3',
    present: ({ message_authenticator }, changes) =>
      'message_authenticator' in changes ? messageAuthenticatorRisk(message_authenticator) : '',
    change: (app, id, changes) => changeHomeServer(app, consoleActor, everything, id, changes),
  });
  addDelete(group, context, thing, {
    summary: 'Delete a home server that no RADIUS client uses.',
    done: 'deleted',
    show: (app, id) => getHomeServer(app, everything, id),
    warning: ({ name }) => `This deletes the home server “${String(name)}”.`,
    word: ({ name }) => String(name),
    remove: (app, id) => deleteHomeServer(app, consoleActor, everything, id),
  });
}
