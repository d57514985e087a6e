// The texts of the console, on top of those of the parts that it shares with the authenticator. One file for each area and language;
// a new area is a line here and one in german.ts.
import { defineWords, type Speech as SpeechOf } from '@countersign/ui/words/words.ts';
import administrators from './en/administrators.json';
import activities from './en/activities.json';
import applications from './en/applications.json';
import audit from './en/audit.json';
import certificates from './en/certificates.json';
import dashboard from './en/dashboard.json';
import settings from './en/settings.json';
import apiClients from './en/api-clients.json';
import firstRun from './en/first-run.json';
import gateways from './en/gateways.json';
import messages from './en/messages.json';
import onboarding from './en/onboarding.json';
import openid from './en/openid.json';
import scim from './en/scim.json';
import shell from './en/shell.json';
import signIn from './en/sign-in.json';
import teams from './en/teams.json';
import userSources from './en/user-sources.json';
import users from './en/users.json';
import userFiles from './en/user-files.json';
import {
  englishFailures,
  englishNotices,
  englishReasons,
  englishRequirements,
  englishSteps,
} from './reasons.ts';

export const english = {
  ...shell,
  ...signIn,
  ...administrators,
  ...applications,
  ...users,
  ...teams,
  ...userSources,
  ...userFiles,
  ...activities,
  ...certificates,
  ...dashboard,
  ...audit,
  ...settings,
  ...gateways,
  ...apiClients,
  ...firstRun,
  ...scim,
  ...onboarding,
  ...messages,
  ...englishFailures,
  ...openid,
  ...englishReasons,
  ...englishNotices,
  ...englishSteps,
  ...englishRequirements,
};

export const { useWords, words, useBrowsersOrKept, keepLanguage, speakIn } = defineWords(english, {
  de: async () => (await import('./german.ts')).german,
});

export type Speech = ReturnType<typeof useWords>;
export type Word = Speech extends SpeechOf<infer W> ? W : never;
