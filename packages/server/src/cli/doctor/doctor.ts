// countersign doctor: looks at everything the server needs and says what to do where something is wrong.
import type { Command } from 'commander';
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
    examples: ['doctor', 'doctor --json'],
    run: async () => present(await findAll(context)),
  });
}

async function findAll({ io, clock }: Context): Promise<readonly Finding[]> {
  try {
    const config = readConfig(io.env);
    return await examine({ config, clock, log: commandLog(io, config) });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const remedy = 'docs/reference/configuration.md describes every variable.';
    return [fail('configuration', error.message, remedy)];
  }
}

function present(findings: readonly Finding[]): Result {
  const status = worstOf(findings);
  const lines = findings.flatMap(({ name, status: each, message, remedy }) => [
    `${each.padEnd(4)}  ${name}: ${message}`,
    ...(remedy === '' ? [] : [`      → ${remedy}`]),
  ]);
  const count = (of: Finding['status']) => findings.filter((each) => each.status === of).length;
  const warnings = count('warn') === 1 ? '1 warning' : `${count('warn')} warnings`;
  const summary = `${count('ok')} ok, ${warnings}, ${count('fail')} failed`;
  return {
    document: { status, checks: findings },
    text: `${lines.join('\n')}\n\n${summary}\n`,
    exitCode: status === 'fail' ? exitCodes.failed : exitCodes.done,
  };
}
