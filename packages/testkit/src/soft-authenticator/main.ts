#!/usr/bin/env node
// The soft authenticator's command line.
import { homedir, hostname } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { answer, onboard, remove, type Settings, showPending, showStatus } from './commands.ts';
import { watch, type WatchSettings } from './watch-command.ts';

const notApproved = 2;

const program = new Command('soft-authenticator')
  .description(
    'A device of Countersign on the command line: it holds a user’s keys and approves or denies logins.',
  )
  .addOption(
    new Option('--state <directory>', 'where the device and its private keys are kept')
      .env('SOFT_AUTHENTICATOR_STATE')
      .default(join(homedir(), '.soft-authenticator')),
  )
  .option('--connect <url>', 'connect here instead of to the server’s public URL')
  .option('--json', 'print one JSON object a line, for scripts')
  .showHelpAfterError('Use --help to see how.')
  .configureHelp({ showGlobalOptions: true })
  .addHelpText(
    'after',
    `
Exit codes: 0 done; 1 something went wrong, said on standard error; 2 answered, but the login was not approved.

Examples:
  soft-authenticator onboard 'https://mfa.example.com/onboard#cso_…'
  soft-authenticator watch
  soft-authenticator approve --number 42
  soft-authenticator --state /tmp/bob watch --auto approve --number-from /tmp/number --json`,
  );

const seconds = (text: string): number => {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 30) throw new InvalidArgumentError('give 0 to 30 seconds.');
  return value;
};
const waitOption = () =>
  new Option('--wait <seconds>', 'wait for a request when none is pending').argParser(seconds).default(0);
const settings = (): Settings => program.opts<{ state: string; connect?: string; json?: boolean }>();

program
  .command('onboard')
  .description('bind this device to the user an onboarding link was made for')
  .argument('<link>', 'the onboarding link; quote it, it contains #')
  .option('--name <name>', 'what to call this device', `Soft authenticator on ${hostname()}`)
  .action((link: string, options: { name: string }) => onboard(settings(), link, options));

program
  .command('pending')
  .description('show the requests that wait for an answer')
  .addOption(waitOption())
  .action((options: { wait: number }) => showPending(settings(), options));

for (const [decision, description] of [
  ['approve', 'let the login in'],
  ['deny', 'refuse the login'],
  ['report', 'refuse the login and say “it was not me”; further requests are held'],
] as const) {
  const command = program
    .command(decision)
    .description(description)
    .argument('[challenge]', 'id of the challenge; the newest pending one by default')
    .addOption(waitOption());
  if (decision === 'approve') command.option('--number <digits>', 'the number shown at the login');
  command.action(async (challenge: string | undefined, options: { wait: number; number?: string }) => {
    const approved = await answer(settings(), decision, challenge, options);
    if (decision === 'approve' && !approved) process.exitCode = notApproved;
  });
}

program
  .command('watch')
  .description('wait for requests and answer them by key: a, d, r')
  .option('--events', 'listen to server-sent events instead of long polls')
  .addOption(
    new Option('--auto <decision>', 'answer every request so').choices(['approve', 'deny', 'report']),
  )
  .option('--number-from <file>', 'take the number to type from this file, waiting until it is there')
  .action((options: Omit<WatchSettings, keyof Settings>) => watch({ ...settings(), ...options }));

program
  .command('status')
  .description('show what the server knows of this device')
  .action(() => showStatus(settings()));

program
  .command('remove')
  .description('remove this device from the server, and its keys from this machine')
  .action(() => remove(settings()));

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`soft-authenticator: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
