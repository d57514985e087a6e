// Users in files: the columns, what can be wrong with a row or with the whole file, and how far an import is.
import { z } from 'zod';
import { flag, ids } from './models.ts';
import { time } from './time.ts';

/** What a file can be. JSON is an array of objects, or one object after the other (JSON lines); importing tells them apart by itself. */
export const userFileFormats = ['csv', 'json'] as const;
export type UserFileFormat = (typeof userFileFormats)[number];
export const userExportFormats = ['csv', 'json', 'jsonl'] as const;
export type UserExportFormat = (typeof userExportFormats)[number];

/** Media types of a file of users. */
export const userFileTypes = [
  'text/csv',
  'application/json',
  'application/jsonl',
  'application/x-ndjson',
] as const;

export const userFileLimits = {
  /** Bytes of a file. */
  bytes: 32 * 1024 * 1024,
  rows: 250_000,
  /** Rows of a file that goes in whole or not at all: it is one transaction, and on SQLite other writes wait for its end. */
  rowsAtOnce: 100_000,
  columns: 64,
  /** Characters of a cell. */
  cell: 10_000,
  /** Errors that are kept; more are counted. */
  errors: 100,
  /** Rows that the preview shows. */
  sample: 10,
  /** Characters that a password needs which somebody has already, elsewhere. */
  password: 6,
} as const;

/** What is wrong with one row. */
export const rowFaults = {
  too_few_cells: 'The row has fewer cells than the first line has columns.',
  too_many_cells: 'The row has more cells than the first line has columns.',
  username_missing: 'There is no user name.',
  username_twice: 'The same user name stands further up in the file.',
  not_readable: 'The value is too long, or has characters that cannot be shown.',
  email_invalid: 'This is not an e-mail address.',
  phone_invalid: 'This is not an international phone number such as +491701234567.',
  password_too_short: 'The password has fewer than 6 characters.',
  password_invalid: 'The password has more than 256 characters, or control characters.',
  teams_invalid: 'A team’s name is too long or cannot be shown, or there are more than 100.',
  device_limit_invalid: 'The device limit must be empty or a whole number from 0 to 20.',
  field_invalid: 'The value is of the wrong kind.',
} as const satisfies Record<string, string>;
export type RowFault = keyof typeof rowFaults;

/** Why a file was not read to its end, or not imported. */
export const importFailures = {
  not_utf8: 'The file is not text in UTF-8. In Excel, save it as “CSV UTF-8”.',
  quote_not_closed: 'A quoted cell is not closed: the file was cut off, or a quote is missing.',
  quote_misplaced: 'A quote stands inside a cell. Enclose the cell in quotes and double the quotes in it.',
  no_username_column: 'The first line names no column “Username”.',
  column_twice: 'A column stands twice in the first line.',
  too_many_columns: 'The first line has more than 64 columns.',
  too_many_rows: 'The file has more than 250,000 rows.',
  cell_too_long: 'A cell has more than 10,000 characters.',
  file_too_large: 'The file has more than 32 MiB.',
  not_json: 'This is no JSON: an array of objects, or one object on each line.',
  cut_off: 'The file ends in the middle of a row.',
  empty: 'The file has no rows.',
  interrupted: 'The server stopped while it worked on the file.',
  unavailable: 'The database did not answer.',
  took_too_long:
    'It took longer than 30 seconds, in which logins had to wait, and was undone. Cut the file, or skip rows at fault: then nobody waits.',
  cancelled: 'It was cancelled.',
  application_gone: 'The application was deleted.',
  defect: 'Something went wrong; the server’s log has the details.',
} as const satisfies Record<string, string>;
export type ImportFailure = keyof typeof importFailures;

export const importModes = ['all_or_nothing', 'skip_bad'] as const;
export type ImportMode = (typeof importModes)[number];
export const importStates = ['reading', 'ready', 'importing', 'done', 'failed'] as const;
export type ImportState = (typeof importStates)[number];

const keysOf = <T extends Record<string, string>>(table: T) =>
  Object.keys(table) as [keyof T & string, ...(keyof T & string)[]];

export const userChangeKinds = ['created', 'updated', 'unchanged'] as const;

export const UserImport = z.object({
  id: ids.userImport,
  application_id: ids.application,
  format: z.enum(userFileFormats),
  state: z
    .enum(importStates)
    .describe('`reading` the file, `ready` to be started, `importing`, and `done` or `failed`.'),
  mode: z.enum(importModes).nullable().describe('As it was started.'),
  file_digest: z.string().describe('SHA-256 of the file, base64url.'),
  bytes: z.int(),
  bytes_read: z.int(),
  rows: z.int().describe('Rows that were read, with those at fault.'),
  rows_done: z.int().describe('Rows that are worked off since it was started.'),
  passwords: z
    .int()
    .describe('Rows with a password. Each is hashed after the start, which takes some 10 ms of a processor.'),
  passwords_done: z.int(),
  created: z.int().describe('Before the end: how many would be.'),
  updated: z
    .int()
    .describe('Before the end: how many would be; a password that is the old one turns out unchanged later.'),
  unchanged: z.int(),
  failed: z.int().describe('Rows at fault.'),
  disabled: z.int().describe('How many users are created disabled, or disabled.'),
  phones_completed: z.int().describe('Phone numbers without `+` that were taken for international ones.'),
  columns: z.array(z.string()).describe('Those that were understood.'),
  ignored_columns: z.array(z.string()),
  errors: z
    .array(
      z.object({
        line: z.int().describe('Of the file, from 1; of JSON arrays, the number of the object.'),
        username: z.string().describe('As the row has it, shortened; empty where it has none.'),
        column: z.string().nullable(),
        value: z
          .string()
          .describe(
            'What stands there, shortened, with what cannot be shown replaced; of a password nothing.',
          ),
        code: z.enum(keysOf(rowFaults)),
        text: z.string(),
      }),
    )
    .describe('The first 100.'),
  sample: z.array(
    z.object({
      line: z.int(),
      change: z.enum(userChangeKinds),
      username: z.string(),
      full_name: z.string().nullable(),
      email: z.string().nullable(),
      phone: z.string().nullable(),
      teams: z.array(z.string()).nullable(),
      enabled: flag.nullable(),
      has_password: flag,
    }),
  ),
  failure: z
    .object({ code: z.enum(keysOf(importFailures)), line: z.int().nullable(), text: z.string() })
    .nullable(),
  created_at: time,
  ended_at: time.nullable(),
});
export type UserImport = z.output<typeof UserImport>;
