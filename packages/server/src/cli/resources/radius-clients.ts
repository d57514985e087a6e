// countersign radius-clients …
import type { Command } from 'commander';
import { changeRadiusClient } from '#core/radius-clients/change-radius-client.ts';
import { createRadiusClient } from '#core/radius-clients/create-radius-client.ts';
import { deleteRadiusClient } from '#core/radius-clients/delete-radius-client.ts';
import { getRadiusClient } from '#core/radius-clients/get-radius-client.ts';
import { listRadiusClients } from '#core/radius-clients/list-radius-clients.ts';
import { NewRadiusClient, RadiusClientChanges } from '@countersign/contract/radius-models.ts';
import { addGroup } from '../command.ts';
import type { Context } from '../context.ts';
import { messageAuthenticatorRisk } from '../message-authenticator-risk.ts';
import { relayRisk } from '../opening-risk.ts';
import { consoleActor, everything } from '../with-app.ts';
import { findApplicationId, findHomeServerId, radiusClientNaming } from './naming.ts';
import { addChange, addCreate, addDelete, addList, addShow, type Thing } from './verbs.ts';

const thing: Thing = {
  noun: 'RADIUS client',
  plural: 'RADIUS clients',
  group: 'radius-clients',
  naming: radiusClientNaming,
  sample: 'vpn-gateway',
};

export function addRadiusClients(parent: Command, context: Context): void {
  const group = addGroup(
    parent,
    thing.group,
    'Addresses from which RADIUS logins come.',
    'radius-clients list',
  );
  addCreate(group, context, thing, {
    schema: NewRadiusClient,
    example: '--name vpn-gateway --application VPN --network 192.0.2.10',
    references: { application_id: findApplicationId, home_server_ids: findHomeServerId },
    secret: 'shared_secret',
    present: ({ message_authenticator, relay }) =>
      messageAuthenticatorRisk(message_authenticator) + relayRisk(relay),
    create: (app, input) => createRadiusClient(app, consoleActor, everything, input),
  });
  addList(group, context, thing, {
    columns: [
      'id',
      'name',
      'network',
      'application_id',
      'message_authenticator',
      'number_matching',
      'enabled',
    ],
    list: (app, query) => listRadiusClients(app, everything, query),
  });
  addShow(group, context, thing, (app, id) => getRadiusClient(app, everything, id));
  addChange(group, context, thing, {
    schema: RadiusClientChanges,
    example: '--home-server radius-1 --home-server radius-2',
    references: { home_server_ids: findHomeServerId },
    present: ({ message_authenticator, relay }, changes) =>
      ('message_authenticator' in changes ? messageAuthenticatorRisk(message_authenticator) : '') +
      ('relay' in changes ? relayRisk(relay) : ''),
    change: (app, id, changes) => changeRadiusClient(app, consoleActor, everything, id, changes),
  });
  addDelete(group, context, thing, {
    summary: 'Delete a RADIUS client.',
    done: 'deleted',
    show: (app, id) => getRadiusClient(app, everything, id),
    warning: ({ name }) => `This deletes the RADIUS client “${String(name)}”; its packets will be dropped.`,
    word: ({ name }) => String(name),
    remove: (app, id) => deleteRadiusClient(app, consoleActor, everything, id),
  });
}
