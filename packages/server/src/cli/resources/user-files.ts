// countersign users import and export: files of users, read and written piece by piece however large they are.
import { createReadStream, createWriteStream, linkSync, statSync, unlinkSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { type Command, Option } from 'commander';
import {
  importModes,
  type UserExportFormat,
  userExportFormats,
  type UserFileFormat,
  userFileFormats,
  type UserImport,
} from '@countersign/contract/user-files.ts';
import type { App } from '#app';
import { exportUsers } from '#core/user-files/export-users.ts';
import { createUserImports, type UserImports } from '#core/user-files/user-imports.ts';
import { addCommand, type Given, type Result } from '../command.ts';
import type { Context } from '../context.ts';
import { CommandFailed, exitCodes, UsageError } from '../exit.ts';
import { textOf } from '../fields/options-of-fields.ts';
import { tellProgress } from '../output/progress.ts';
import { consoleActor, everything, withApp } from '../with-app.ts';
import { findApplicationId } from './naming.ts';

const applicationOption = (): Option =>
  new Option('--application <id or name>', 'The users’ application.').makeOptionMandatory();

export function addUserFiles(group: Command, context: Context): void {
  addCommand(group, context, {
    usage: 'import <file>',
    args: { file: 'CSV, or JSON (an array, or an object on each line); - for standard input.' },
    summary:
      'Create and change users from a file: columns Username, Full name, Email, Phone, Password, Teams, Enabled, External id, Device limit.',
    examples: [
      'users import --application VPN --dry-run users.csv',
      'users import --application VPN --mode skip_bad users.csv',
    ],
    options: [
      applicationOption(),
      new Option('--format <format>', 'What the file is. Default: by its name, otherwise csv.').choices(
        userFileFormats,
      ),
      new Option(
        '--mode <mode>',
        'all_or_nothing: every row goes in or none; other writes wait meanwhile. skip_bad: rows at fault are left out.',
      )
        .choices(importModes)
        .default('all_or_nothing'),
      new Option('--dry-run', 'Only say what would change.'),
    ],
    run: (given) => withApp(context, (app) => importFile(context, app, given)),
  });
  addCommand(group, context, {
    usage: 'export',
    summary: 'Write all users of an application, without passwords; importing the file brings them back.',
    examples: ['users export --application VPN --out users.csv'],
    options: [
      applicationOption(),
      new Option('--format <format>', 'What to write.').choices(userExportFormats).default('csv'),
      new Option('--out <file>', 'Write into this file, which must not exist yet. Default: standard output.'),
    ],
    run: (given) => withApp(context, (app) => exportFile(context, app, given)),
  });
}

/** @throws CommandFailed when the file cannot be read */
async function importFile(context: Context, app: App, { args: [file = ''], values }: Given): Promise<Result> {
  let defect: unknown;
  const failed = (error: unknown) => {
    defect = error;
  };
  const imports = createUserImports({ ...app, runner: 'console', failed });
  const id = await findApplicationId(app, textOf(values.application) ?? '');
  const format = (textOf(values.format) as UserFileFormat | undefined) ?? formatOf(file);
  const begun = await imports.read(everything, id, { format, ...openFile(context, file) });
  const read = await follow(context, imports, begun.id, 'read', ({ rows }) => rows);
  const mode = values.mode === 'skip_bad' ? 'skip_bad' : 'all_or_nothing';
  const isRefused = mode === 'all_or_nothing' && read.failed > 0;
  const isStarted = read.state === 'ready' && values.dryRun !== true && !isRefused;
  if (isStarted) await imports.start(consoleActor, everything, begun.id, mode);
  const shown = isStarted
    ? await follow(context, imports, begun.id, 'worked off', (now) => now.rows_done + now.passwords_done)
    : read;
  if (!isStarted) await imports.remove(everything, begun.id);
  if (shown.failure?.code === 'defect' || shown.failure?.code === 'unavailable') throw defect;
  const isDone = shown.state === 'done' || (values.dryRun === true && read.state === 'ready');
  return {
    document: shown,
    text: describe(shown, values.dryRun === true, isRefused),
    exitCode: isDone ? exitCodes.done : exitCodes.failed,
  };
}

const formatOf = (file: string): UserFileFormat => (/\.(?:json|jsonl|ndjson)$/i.test(file) ? 'json' : 'csv');

function openFile({ io }: Context, file: string): { bytes: number; content: AsyncIterable<Uint8Array> } {
  if (file === '-') return { bytes: 0, content: io.in };
  const found = statSync(file, { throwIfNoEntry: false });
  if (found?.isFile() !== true) throw new CommandFailed(`There is no file ${file}.`);
  return { bytes: found.size, content: createReadStream(file) };
}

/** Told in rows: each password takes about as long as hundreds of them. */
async function follow(
  context: Context,
  imports: UserImports,
  id: string,
  what: string,
  rowsOf: (shown: UserImport) => number,
): Promise<UserImport> {
  const progress = tellProgress(context, what);
  for (;;) {
    const shown = await imports.show(everything, id, 1000);
    if (shown.state !== 'reading' && shown.state !== 'importing') return shown;
    progress(rowsOf(shown));
  }
}

function describe(shown: UserImport, isDryRun: boolean, isRefused: boolean): string {
  const { created, updated, unchanged, failed, disabled, phones_completed: phones, failure } = shown;
  const lines = shown.errors.map(
    ({ line, username, column, value, text }) =>
      [`line ${line}`, username, column].filter(Boolean).join(', ') + (value && ` “${value}”`) + `: ${text}`,
  );
  const more = failed > 0 && shown.errors.length === 100 ? ['… and more'] : [];
  if (failure) {
    const at = failure.line === null ? '' : `Line ${failure.line}: `;
    return [...lines, ...more, `Nothing was imported. ${at}${failure.text}`, ''].join('\n');
  }
  const counts = `${created} created, ${updated} changed, ${unchanged} unchanged, ${failed} at fault`;
  const notes = [
    ...(disabled > 0 ? [`${disabled} of them disabled`] : []),
    ...(phones > 0 ? [`${phones} phone numbers without + taken for international ones`] : []),
    ...(shown.ignored_columns.length > 0 ? [`passed over: ${shown.ignored_columns.join(', ')}`] : []),
  ].map((note) => `  ${note}`);
  const title = isDryRun ? `Would be: ${counts}.` : `Done: ${counts}.`;
  const refused = 'Nothing was imported: rows are at fault. Put them right, or give --mode skip_bad.';
  return [...lines, ...more, isRefused && !isDryRun ? refused : title, ...notes, ''].join('\n');
}

async function exportFile(context: Context, app: App, { values }: Given): Promise<Result | undefined> {
  const out = textOf(values.out);
  if (out === undefined && values.json === true)
    throw new UsageError('--json tells of the file of --out. For the users as JSON, give --format json.');
  const query = {
    application_id: await findApplicationId(app, textOf(values.application) ?? ''),
    format: values.format as UserExportFormat,
  };
  const texts = await exportUsers(app, consoleActor, everything, query, new AbortController().signal);
  if (out === undefined) {
    for await (const text of texts) context.io.out(text);
    return undefined;
  }
  await writeWhole(out, texts);
  return { document: { file: out }, text: `Wrote ${out}.\n` };
}

/** Under another name until it is whole: what was broken off cannot be taken for an export. @throws CommandFailed */
async function writeWhole(file: string, texts: AsyncIterable<string>): Promise<void> {
  const part = `${file}.part`;
  try {
    await pipeline(texts, createWriteStream(part, { flags: 'wx', mode: 0o600, flush: true }));
    linkSync(part, file);
    unlinkSync(part);
  } catch (error) {
    throw new CommandFailed(
      `The file ${file} cannot be written: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
}
