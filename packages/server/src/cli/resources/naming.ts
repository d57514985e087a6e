// How a command names the thing it is about: by id, or by the name that people know.
import { Option } from 'commander';
import type { App } from '#app';
import { listAdministrators } from '#core/administrators/get-administrator.ts';
import { listApplications } from '#core/applications/list-applications.ts';
import { listApiClients } from '#core/api-clients/list-api-clients.ts';
import { listHomeServers } from '#core/home-servers/list-home-servers.ts';
import { listScepProfiles } from '#core/scep/administer-scep.ts';
import { mailGateways } from '#core/mail/mail-channel.ts';
import { listGateways } from '#core/messages/list-gateways.ts';
import { smsGateways } from '#core/sms/sms-channel.ts';
import { listRadiusClients } from '#core/radius-clients/list-radius-clients.ts';
import { findUserByName } from '#core/users/find-user.ts';
import { listTeams } from '#core/users/list-teams.ts';
import { ids } from '@countersign/contract/models.ts';
import { nameKey } from '@countersign/contract/text.ts';
import type { Given } from '../command.ts';
import { textOf } from '../fields/options-of-fields.ts';
import { CommandFailed, UsageError } from '../exit.ts';
import { type AnyPage, findOnPages, type PageQuery } from '../follow-pages.ts';
import { everything } from '../with-app.ts';

export interface Naming {
  /** As in the usage line: `<application>`. */
  readonly argument: string;
  readonly description: string;
  options(): readonly Option[];
  /** Before anything is opened. @throws UsageError */
  check(given: Given): void;
  /** @returns the id. @throws CommandFailed when there is no such thing */
  find(app: App, given: Given): Promise<string>;
}

interface Named {
  readonly id: string;
  readonly name: string;
}

type ListNamed = (app: App, query: PageQuery) => Promise<AnyPage<Named & { readonly access_id?: string }>>;

async function findByName(app: App, noun: string, list: ListNamed, text: string): Promise<string> {
  const key = nameKey(text);
  const found = await findOnPages(
    (query) => list(app, query),
    (item) => nameKey(item.name) === key || item.access_id === text.toLowerCase(),
  );
  if (!found) throw new CommandFailed(`There is no ${noun} “${text}”.`);
  return found.id;
}

type IdSchema = (typeof ids)[keyof typeof ids];

/** The id itself, or that of the thing with this name. */
const finder = (noun: string, id: IdSchema, list: ListNamed) => (app: App, text: string) =>
  id.safeParse(text).success ? Promise.resolve(text) : findByName(app, noun, list, text);

export const findApplicationId = finder('application', ids.application, (app, query) =>
  listApplications(app, everything, query),
);
export const findHomeServerId = finder('home server', ids.homeServer, (app, query) =>
  listHomeServers(app, everything, query),
);
const findRadiusClientId = finder('RADIUS client', ids.radiusClient, (app, query) =>
  listRadiusClients(app, everything, query),
);
const findApiClientId = finder('API client', ids.apiClient, (app, query) =>
  listApiClients(app, everything, query),
);

export const findScepProfileId = finder('SCEP profile', ids.scepProfile, (app, query) =>
  listScepProfiles(app, everything, query),
);
export const findSmsGatewayId = finder('SMS gateway', ids.smsGateway, async (app) => ({
  items: (await listGateways(app, smsGateways, everything)).items,
  nextCursor: null,
}));
export const findMailGatewayId = finder('mail gateway', ids.mailGateway, async (app) => ({
  items: (await listGateways(app, mailGateways, everything)).items,
  nextCursor: null,
}));

/** The id itself, or that of the team of the application with this name. */
export const findTeamId = (app: App, application: string, text: string): Promise<string> =>
  finder('team', ids.team, (_app, query) => listTeams(app, everything, application, query))(app, text);

const findAdministratorId = finder('administrator', ids.administrator, async (app, query) => {
  const { items, nextCursor } = await listAdministrators(app, query);
  return { items: items.map(({ id, username }) => ({ id, name: username })), nextCursor };
});

function naming(
  argument: string,
  description: string,
  find: (app: App, text: string) => Promise<string>,
): Naming {
  return {
    argument: `<${argument}>`,
    description,
    options: () => [],
    check: () => undefined,
    find: (app, { args }) => find(app, args[0] ?? ''),
  };
}

export const applicationNaming = naming('application', 'Id, access id or name.', findApplicationId);
export const homeServerNaming = naming('home-server', 'Id or name.', findHomeServerId);
export const radiusClientNaming = naming('radius-client', 'Id or name.', findRadiusClientId);
export const smsGatewayNaming = naming('sms-gateway', 'Id or name.', findSmsGatewayId);
export const mailGatewayNaming = naming('mail-gateway', 'Id or name.', findMailGatewayId);
export const apiClientNaming = naming('api-client', 'Id or name.', findApiClientId);

export const scepProfileNaming = naming('scep-profile', 'Id or name.', findScepProfileId);

export const administratorNaming = naming('administrator', 'Id or user name.', findAdministratorId);

const idNaming = (argument: string, noun: string, id: IdSchema): Naming => ({
  ...naming(argument, 'Its id.', async (_app, text) => text),
  check: ({ args: [text = ''] }) => refuseOtherIds(noun, id, text),
});

function refuseOtherIds(noun: string, id: IdSchema, text: string, hint = ''): void {
  const parsed = id.safeParse(text);
  if (!parsed.success)
    throw new UsageError(
      `“${text}” names no ${noun}: it ${parsed.error.issues[0]?.message ?? 'is no id'}.${hint}`,
    );
}

export const deviceNaming = idNaming('device', 'device', ids.device);
export const onboardingLinkNaming = idNaming('onboarding-link', 'onboarding link', ids.onboardingLink);
export const onboardingProcessNaming = idNaming('process', 'onboarding process', ids.onboardingProcess);
export const scimTokenNaming = idNaming('scim-token', 'SCIM token', ids.scimToken);
export const scepRequestNaming = idNaming('scep-request', 'SCEP request', ids.scepRequest);
export const teamNaming = idNaming('team', 'team', ids.team);
export const userSourceNaming = idNaming('user-source', 'user source', ids.userSource);
export const openidProviderNaming = idNaming('openid-provider', 'OpenID provider', ids.openidProvider);
export const authRequestNaming = idNaming('request', 'auth request', ids.authRequest);

/** A user is named by id, or by application and user name. */
export const userNaming: Naming = {
  argument: '[user]',
  description: 'Its id; or give --application and --username.',
  options: () => userOptions('The user’s application, by id, access id or name.'),
  check({ args, values }) {
    const [id] = args;
    const named = values.application !== undefined || values.username !== undefined;
    if (id === undefined && (values.application === undefined || values.username === undefined))
      throw new UsageError('Name the user: by id, or by --application and --username.');
    if (id !== undefined && named)
      throw new UsageError('Name the user either by id or by --application and --username, not both.');
    const hint = ' To name a user otherwise, give --application and --username.';
    if (id !== undefined) refuseOtherIds('user', ids.user, id, hint);
  },
  async find(app, { args: [id], values }) {
    return id ?? findUserId(app, textOf(values.application) ?? '', textOf(values.username) ?? '');
  },
};

export const userOptions = (application: string): readonly Option[] => [
  new Option('--application <id or name>', application),
  new Option('--username <name>', 'The user’s name in the application.'),
];

export async function findUserId(app: App, application: string, username: string): Promise<string> {
  const applicationId = await findApplicationId(app, application);
  const user = await findUserByName(app.db.read, applicationId, username);
  if (!user) throw new CommandFailed(`There is no user “${username}” in the application.`);
  return user.id;
}
