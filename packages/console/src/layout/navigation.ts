// What stands in the sidebar: only pages that exist, and only what the role of whoever is signed in may see.
import type { IconName } from '@countersign/ui/parts/icon.tsx';
import type { CallName } from '../api/send.ts';
import type { PageName } from '../router/paths.ts';
import type { Word } from '../words/words.ts';

export interface Place {
  readonly page: PageName;
  readonly icon: IconName;
  readonly word: Word;
  /** Shown to whoever may call this; to everybody when absent. */
  readonly needs?: CallName;
  /** Other pages that belong to it: it is marked while one of them is open. */
  readonly covers?: readonly PageName[];
}

export interface PlaceGroup {
  /** Heading above the places; the first group has none. */
  readonly word?: Word;
  readonly places: readonly Place[];
}

/** From top to bottom. Log out stands below all of it. */
export const navigation: readonly PlaceGroup[] = [
  {
    places: [
      { page: 'dashboard', icon: 'chart', word: 'dashboard.title', needs: 'getOverview' },
      {
        page: 'applications',
        icon: 'grid',
        word: 'nav.applications',
        needs: 'listApplications',
        covers: [
          'application',
          'applicationSettings',
          'users',
          'user',
          'usersFile',
          'teams',
          'userSources',
          'openidProviders',
          'openidTest',
          'provisioning',
          'requirements',
          'onboardingActivities',
          'approvals',
        ],
      },
      { page: 'allUsers', icon: 'users', word: 'users.title', needs: 'listUsers', covers: ['userById'] },
      {
        page: 'activities',
        icon: 'activity',
        word: 'activities.title',
        needs: 'listActivity',
        covers: ['activity'],
      },
    ],
  },
  {
    word: 'nav.gateways',
    places: [
      {
        page: 'radiusClients',
        icon: 'gateway',
        word: 'nav.radius_clients',
        needs: 'listRadiusClients',
        covers: ['radiusClient'],
      },
      { page: 'homeServers', icon: 'server', word: 'nav.home_servers', needs: 'listHomeServers' },
      { page: 'sms', icon: 'phone', word: 'sms.title', needs: 'listSmsGateways' },
      { page: 'mail', icon: 'mail', word: 'mail.title', needs: 'listMailGateways' },
    ],
  },
  {
    word: 'nav.section_system',
    places: [
      {
        page: 'certificates',
        icon: 'seal',
        word: 'certs.title',
        needs: 'listAuthorities',
        covers: ['scep'],
      },
      { page: 'apiClients', icon: 'terminal', word: 'nav.api_clients', needs: 'listApiClients' },
      {
        page: 'administrators',
        icon: 'shield',
        word: 'nav.administrators',
        needs: 'listAdministrators',
        covers: ['administrator'],
      },
      { page: 'audit', icon: 'journal', word: 'audit.title', needs: 'listAuditEvents' },
      { page: 'settings', icon: 'settings', word: 'settings.title', needs: 'listSettings' },
    ],
  },
  {
    word: 'nav.section_own',
    places: [{ page: 'yourSignIn', icon: 'key', word: 'nav.your_sign_in' }],
  },
];

/** The pages of one application, below it in the sidebar while one of them is open. */
export interface ApplicationPlace {
  readonly page: PageName;
  readonly word: Word;
  readonly needs?: CallName;
  readonly covers?: readonly PageName[];
}

/** Each takes the id of the application as its parameter `id`. */
export const applicationPlaces: readonly ApplicationPlace[] = [
  { page: 'application', word: 'application.overview', needs: 'getApplication' },
  { page: 'users', word: 'users.title', needs: 'listUsers', covers: ['user', 'usersFile'] },
  { page: 'teams', word: 'teams.title', needs: 'listTeams' },
  { page: 'requirements', word: 'requirements.title', needs: 'getRequirements' },
  { page: 'onboardingActivities', word: 'processes.title', needs: 'listOnboardingProcesses' },
  { page: 'approvals', word: 'approvals.title', needs: 'listOnboardingProcesses' },
  { page: 'userSources', word: 'sources.title', needs: 'listUserSources' },
  { page: 'openidProviders', word: 'openid.title', needs: 'listOpenidProviders' },
  { page: 'provisioning', word: 'scim.title', needs: 'listScimTokens' },
  { page: 'applicationActivities', word: 'activities.title', needs: 'listActivity' },
  { page: 'applicationSettings', word: 'application.settings', needs: 'getApplication' },
];
