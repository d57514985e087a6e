// The tree of commands. The reference page and the tests walk the same tree.
import { Command } from 'commander';
import { addActivity } from './commands/activity.ts';
import { addAudit } from './commands/audit.ts';
import { addBackup } from './commands/backup.ts';
import { addCertificateAuthority } from './commands/certificate-authority.ts';
import { addEvidence } from './commands/evidence.ts';
import { addMigrate } from './commands/migrate.ts';
import { addRadius } from './commands/radius.ts';
import { addRestore } from './commands/restore.ts';
import { addServe } from './commands/serve.ts';
import { addSetupLink } from './commands/setup-link.ts';
import { readVersion } from '#platform/version.ts';
import type { Context } from './context.ts';
import { addDoctor } from './doctor/doctor.ts';
import { showExamples } from './command.ts';
import { addAdministratorDirectory } from './resources/administrator-directory.ts';
import { addAdministrators } from './resources/administrators.ts';
import { addApiClients } from './resources/api-clients.ts';
import { addApplications } from './resources/applications.ts';
import { addDevices } from './resources/devices.ts';
import { addHomeServers } from './resources/home-servers.ts';
import { addOnboarding } from './resources/onboarding.ts';
import { addOnboardingLinks } from './resources/onboarding-links.ts';
import { addRadiusClients } from './resources/radius-clients.ts';
import { addCertificates } from './resources/certificates.ts';
import { addScep } from './resources/scep.ts';
import { addScimTokens } from './resources/scim-tokens.ts';
import { addSettings } from './resources/settings.ts';
import { addOpenidProviders } from './resources/openid-providers.ts';
import { addTeams } from './resources/teams.ts';
import { addUserSources } from './resources/user-sources.ts';
import { addMailGateways, addSmsGateways } from './resources/message-gateways.ts';
import { addMailRules, addSmsRules } from './resources/message-rules.ts';
import { addUsers } from './resources/users.ts';

/** In the order of the help. */
const parts = [
  addServe,
  addRadius,
  addSetupLink,
  addDoctor,
  addMigrate,
  addBackup,
  addRestore,
  addApplications,
  addUsers,
  addTeams,
  addOnboardingLinks,
  addOnboarding,
  addDevices,
  addRadiusClients,
  addHomeServers,
  addApiClients,
  addUserSources,
  addOpenidProviders,
  addScimTokens,
  addAdministrators,
  addAdministratorDirectory,
  addSettings,
  addSmsGateways,
  addSmsRules,
  addMailGateways,
  addMailRules,
  addActivity,
  addEvidence,
  addAudit,
  addCertificateAuthority,
  addCertificates,
  addScep,
] as const;

export function createProgram(context: Context): Command {
  const { io } = context;
  const program = new Command('countersign')
    .description('Self-hosted multi-factor authentication server and gateway.')
    .version(readVersion(), '--version', 'Print the version.')
    .helpOption('--help', 'Show this help.')
    .helpCommand('help [command]', 'Show the help of a command.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.out(text),
      writeErr: (text) => io.err(text),
      // Said once, by whoever explains every other error.
      outputError: () => undefined,
      getOutHelpWidth: () => io.columns,
      getErrHelpWidth: () => io.columns,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  for (const add of parts) add(program, context);
  showExamples(program, ['serve', 'applications create --name VPN', 'doctor']);
  return program;
}
