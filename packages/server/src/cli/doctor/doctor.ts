// countersign doctor: looks at everything the server needs and says what to do where something is wrong.
import { type Command, Option } from 'commander';
import { readConfig } from '#platform/config.ts';
import { ConfigError } from '#platform/environment.ts';
import { addCommand, type Result } from '../command.ts';
import type { Context } from '../context.ts';
import { exitCodes } from '../exit.ts';
import { commandLog } from '../with-app.ts';
import { fail, type Finding, worstOf } from './check.ts';
import { examine } from './examine.ts';

export function addDoctor(parent: Command, context: Context): void {
  addCommand(parent, context, {
    usage: 'doctor',
    summary:
      'Check the installation and say what to do where something is wrong. Exit code 1 if anything failed.',
    examples: ['doctor', 'doctor --live', 'doctor --json'],
    options: [
      new Option(
        '--live',
        'Also play a login through every door of the running server, with a name that nobody has: it must be refused, for the right reason and in time. Nobody’s phone is asked.',
      ),
    ],
    run: async ({ values }) => present(await findAll(context, values.live === true)),
  });
}

async function findAll({ io, clock }: Context, live: boolean): Promise<readonly Finding[]> {
  try {
    const config = readConfig(io.env);
    return await examine({ config, clock, log: commandLog(io, config), live });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const remedy = 'docs/reference/configuration.md describes every variable.';
    return error.faults.map((fault) => fail('configuration', fault, remedy));
  }
}

/** Of the longest status. */
const width = 'unknown'.length;

function present(findings: readonly Finding[]): Result {
  const status = worstOf(findings);
  const lines = findings.flatMap(({ name, status: each, message, remedy }) => [
    `${each.padEnd(width)}  ${name}: ${message}`,
    ...(remedy === '' ? [] : [`${' '.repeat(width)}  → ${remedy}`]),
  ]);
  const count = (of: Finding['status']) => findings.filter((each) => each.status === of).length;
  const warnings = count('warn') === 1 ? '1 warning' : `${count('warn')} warnings`;
  const summary = `${count('ok')} ok, ${count('unknown')} unknown, ${warnings}, ${count('fail')} failed`;
  return {
    document: { status, checks: findings },
    text: `${lines.join('\n')}\n\n${summary}\n`,
    exitCode: status === 'fail' ? exitCodes.failed : exitCodes.done,
  };
}
