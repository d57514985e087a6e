// One way to declare a command: with a summary, an example, its options, and a result that is printed for people or as JSON.
import type { Command, Option } from 'commander';
import type { Context } from './context.ts';
import { type ExitCode, exitCodes } from './exit.ts';
import type { Field } from './fields/field.ts';
import type { OptionValues } from './fields/options-of-fields.ts';
import { optionNamed } from './fields/parse-fields.ts';

export interface Result {
  /** For `--json`. */
  readonly document: unknown;
  /** For people, or bytes for a program. */
  readonly text: string | Uint8Array;
  /** For people only, on standard error. */
  readonly note?: string | undefined;
  readonly exitCode?: ExitCode;
}

export interface Given {
  readonly args: readonly string[];
  readonly values: OptionValues;
}

export interface CommandSpec {
  /** Name and arguments: `show <application>`. */
  readonly usage: string;
  /** The name it had before, which goes on working. */
  readonly alias?: string;
  readonly summary: string;
  /** What the arguments are, by name. */
  readonly args?: Readonly<Record<string, string>>;
  /** Command lines without the leading `countersign`. */
  readonly examples: readonly [string, ...string[]];
  readonly options?: readonly Option[];
  /** Fields of the contract that the options stand for, to name the option in errors. */
  readonly fields?: readonly Field[];
  /** `false` for what answers otherwise than with a document. */
  readonly json?: boolean;
  /** Runs when its group is called without the name of a command. */
  readonly isDefault?: boolean;
  run(given: Given): Promise<Result | undefined>;
}

const examplesOf = new WeakMap<Command, readonly string[]>();

/** Example command lines of a command, whole. */
export const examplesFor = (command: Command): readonly string[] => examplesOf.get(command) ?? [];

/** A command that only holds others. */
export function addGroup(parent: Command, name: string, summary: string, example: string): Command {
  const group = parent.command(name).description(summary);
  showExamples(group, [example]);
  return group;
}

export function showExamples(command: Command, examples: readonly string[]): void {
  const lines = examples.map((example) => `countersign ${example}`);
  examplesOf.set(command, lines);
  const title = lines.length === 1 ? 'Example:' : 'Examples:';
  command.addHelpText('after', ['', title, ...lines.map((line) => `  ${line}`)].join('\n'));
}

export function addCommand(parent: Command, context: Context, spec: CommandSpec): Command {
  const [name = '', ...args] = spec.usage.split(' ');
  const command = parent.command(name, { isDefault: spec.isDefault === true }).description(spec.summary);
  if (spec.alias !== undefined) command.alias(spec.alias);
  for (const arg of args) command.argument(arg, spec.args?.[arg.replace(/[<>[\]]/g, '')] ?? '');
  for (const option of spec.options ?? []) command.addOption(option);
  if (spec.json !== false) command.option('--json', 'Print one JSON document instead of text.');
  showExamples(command, spec.examples);
  command.action(async () => {
    context.optionOf = (field) => optionNamed(spec.fields ?? [], field);
    const values: OptionValues = command.opts();
    const result = await spec.run({ args: command.args, values });
    if (result) print(context, result, values.json === true);
  });
  return command;
}

function print(context: Context, { document, text, note, exitCode }: Result, json: boolean): void {
  context.io.out(json ? `${JSON.stringify(document, null, 2)}\n` : text);
  if (note !== undefined && !json) context.io.err(`${note}\n`);
  context.exitCode = exitCode ?? exitCodes.done;
}
