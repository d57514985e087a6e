// Writes docs/reference/cli.md from the tree of commands: the page cannot say anything else than `--help`.
import type { Argument, Command, Option } from 'commander';
import { systemClock } from '#platform/clock.ts';
import { Readable } from 'node:stream';
import { examplesFor } from './command.ts';
import type { Io } from './io.ts';
import { createProgram } from './program.ts';

const nobody: Io = {
  out: () => undefined,
  err: () => undefined,
  in: Readable.from([]),
  isTTY: { in: false, out: false },
  columns: 100,
  env: {},
  onSignal: () => () => undefined,
  onHangup: () => () => undefined,
  exitNow: () => undefined,
};

const introduction = `# Command line

\`npx countersign COMMAND\` in a clone, \`countersign COMMAND\` where it is installed. It works while the server runs and while it does not,
on the same data directory and database: the environment variables are those of the server (configuration.md).

Results go to standard output, everything else to standard error. With \`--json\` standard output holds exactly one JSON document, also
when the command failed: \`{"error": {"code": …, "message": …}}\`. \`serve\` writes its log to standard output.

| exit code | means |
|---|---|
| 0 | done |
| 1 | refused, failed, or something was found wrong |
| 2 | the command line is wrong |
| 3 | it cannot start: configuration, key, permissions or database |

Passwords and shared secrets are never given as arguments, which everybody on the machine can read: \`--password-prompt\` asks on the
terminal, \`--password-stdin\` reads standard input, \`--password-env NAME\` takes an environment variable. What cannot be undone asks for
confirmation; without a terminal it needs \`--yes\`.
`;

/** The page as Markdown. */
export function renderCliReference(): string {
  const program = createProgram({
    io: nobody,
    clock: systemClock,
    startServer: () => Promise.reject(new Error('nothing is started here')),
    exitCode: 0,
    optionOf: (field) => field,
  });
  return `${[introduction, ...program.commands.map(renderPart)].join('\n')}`;
}

function renderPart(command: Command): string {
  const children = command.commands;
  if (children.length === 0) return renderCommand(command, '##');
  // Some commands do something themselves and have others below them.
  const head =
    command.registeredArguments.length > 0
      ? renderCommand(command, '##')
      : `## ${command.name()}\n\n${escapeText(command.description())}\n`;
  return [head, ...children.flatMap(leavesOf).map((leaf) => renderCommand(leaf, '###'))].join('\n');
}

/** Groups within a group say nothing that their commands do not. */
const leavesOf = (command: Command): readonly Command[] =>
  command.commands.length === 0 ? [command] : command.commands.flatMap(leavesOf);

function renderCommand(command: Command, heading: string): string {
  const path = pathOf(command);
  const usage = [path, ...command.registeredArguments.map(usageOf), '[options]'].join(' ');
  const rows = [
    ...command.registeredArguments.map((each) => row(usageOf(each), each.description)),
    ...command.options.filter(({ hidden }) => !hidden).map((each) => row(each.flags, optionText(each))),
  ];
  return [
    `${heading} ${path}`,
    '',
    escapeText(command.description()),
    '',
    `\`countersign ${usage}\``,
    '',
    ...(rows.length === 0 ? [] : ['| option | meaning |', '|---|---|', ...rows, '']),
    '```',
    ...examplesFor(command),
    '```',
    '',
  ].join('\n');
}

function pathOf(command: Command): string {
  const above = command.parent?.parent ? `${pathOf(command.parent)} ` : '';
  return above + command.name();
}

const usageOf = (argument: Argument): string =>
  argument.required ? `<${argument.name()}>` : `[${argument.name()}]`;

function optionText({ description, argChoices, defaultValue }: Option): string {
  const choices = argChoices ? ` One of ${argChoices.join(', ')}.` : '';
  const fallback = typeof defaultValue === 'number' ? ` (default: ${defaultValue})` : '';
  return description + choices + fallback;
}

const row = (what: string, meaning: string): string =>
  `| \`${what.replaceAll('|', '\\|')}\` | ${escapeText(meaning)} |`;

/** Placeholders in angle brackets and bars are text, not markup. */
const escapeText = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
