// countersign scep …: profiles by which routers and VPN gateways ask for certificates, challenge passwords, and requests that wait.
import { type Command, Option } from 'commander';
import type { App } from '#app';
import {
  NewScepChallenge,
  NewScepProfile,
  ScepDecision,
  ScepProfileChanges,
} from '@countersign/contract/scep-models.ts';
import { scepStates } from '@countersign/contract/certificate-kinds.ts';
import { openAuthorities } from '#core/certificates/authority.ts';
import {
  createScepChallenge,
  createScepProfile,
  decideScepRequest,
  deleteScepProfile,
  listScepProfiles,
  listScepRequests,
} from '#core/scep/administer-scep.ts';
import { changeScepProfile } from '#core/scep/change-profile.ts';
import { addGroup } from '../command.ts';
import type { Context } from '../context.ts';
import { textOf } from '../fields/options-of-fields.ts';
import { consoleActor, everything } from '../with-app.ts';
import { findScepProfileId, scepProfileNaming, scepRequestNaming } from './naming.ts';
import { addChange, addCreate, addDelete, addList, type Thing } from './verbs.ts';

const profile: Thing = {
  noun: 'SCEP profile',
  plural: 'SCEP profiles',
  group: 'scep profiles',
  naming: scepProfileNaming,
  sample: 'Routers',
};
const challenge: Thing = {
  ...profile,
  noun: 'challenge password',
  plural: 'challenge passwords',
  group: 'scep challenges',
};
const request: Thing = {
  noun: 'SCEP request',
  plural: 'SCEP requests',
  group: 'scep requests',
  naming: scepRequestNaming,
  sample: 'srq_01890a5d-ac96-774b-bcce-b302099a8057',
};

export function addScep(parent: Command, context: Context): void {
  const group = addGroup(
    parent,
    'scep',
    'Certificates for routers and VPN gateways, which ask for them by SCEP.',
    'scep profiles list',
  );
  addProfiles(
    addGroup(group, 'profiles', 'By what routers and gateways ask.', 'scep profiles list'),
    context,
  );
  const challenges = addGroup(
    group,
    'challenges',
    'Challenge passwords, good for one certificate each.',
    'scep challenges create --profile Routers',
  );
  addCreate(challenges, context, challenge, {
    schema: NewScepChallenge,
    example: '--profile Routers --common-name gw.example.com',
    references: { profile_id: findScepProfileId },
    secret: 'challenge_password',
    create: (app, input) => createScepChallenge(app, consoleActor, everything, input),
  });
  addRequests(addGroup(group, 'requests', 'What was asked for.', 'scep requests list'), context);
}

function addProfiles(group: Command, context: Context): void {
  addCreate(group, context, profile, {
    schema: NewScepProfile,
    example: '--name Routers',
    secret: 'challenge_password',
    present: ({ url }) => `\nRouters and gateways ask at ${textOf(url) ?? ''}\n`,
    create: (app, input) => createScepProfile(app, consoleActor, everything, input),
  });
  addList(group, context, profile, {
    columns: ['id', 'name', 'enabled', 'challenge', 'approval', 'valid_days', 'url'],
    list: (app, query) => listScepProfiles(app, everything, query),
  });
  addChange(group, context, profile, {
    schema: ScepProfileChanges,
    example: '--no-enabled',
    change: (app, id, input) => changeScepProfile(app, consoleActor, everything, id, input),
  });
  addDelete(group, context, profile, {
    summary: 'Delete a SCEP profile; certificates had by it stay good.',
    done: 'deleted',
    show: async (_app, id) => ({ id }),
    warning: ({ id }) => `Nobody gets or renews a certificate by the SCEP profile ${String(id)} from now on.`,
    word: () => 'yes',
    remove: (app, id) => deleteScepProfile(app, consoleActor, everything, id),
  });
}

function addRequests(group: Command, context: Context): void {
  addList(group, context, request, {
    columns: ['id', 'state', 'subject', 'names', 'serial', 'created_at'],
    options: () => [new Option('--state <state>', 'Only these.').choices(scepStates)],
    filter: async (_app, { state }) => (state === undefined ? {} : { state }),
    list: (app, query) => listScepRequests(app, everything, query),
  });
  addChange(group, context, request, {
    schema: ScepDecision,
    example: '--decision approve',
    change: async (app, id, input) =>
      decideScepRequest(await withAuthority(app), consoleActor, everything, id, input),
  });
}

const withAuthority = async (app: App) => ({ ...app, authorities: openAuthorities(app) });
