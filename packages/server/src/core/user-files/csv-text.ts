// Reads CSV piece by piece: RFC 4180 as csv-parse knows it, in UTF-8, with the separators that spreadsheets write in other countries.
import { CsvError, type Parser, parse } from 'csv-parse';
import { userFileLimits as limits } from '@countersign/contract/user-files.ts';
import { FileFailure } from './file-failure.ts';

export interface CsvRow {
  /** Where it begins, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

const separators = [',', ';', '\t'] as const;
type Separator = (typeof separators)[number];

/** Excel writes and reads this first line. */
const declaration = /^sep=([,;\t])(?:\r\n|\n|\r)/i;
/** What the first line is looked for in; a longer one has too many columns, or cells that are too long. */
const maxFirstLine = 65_536;

/** Text that is cut wherever it came in pieces. @throws FileFailure not_utf8 */
async function* decode(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  // It takes a byte order mark away.
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const piece of bytes) {
      const text = decoder.decode(piece, { stream: true });
      if (text !== '') yield text;
    }
    const rest = decoder.decode();
    if (rest !== '') yield rest;
  } catch (error) {
    throw error instanceof TypeError ? new FileFailure('not_utf8') : error;
  }
}
export { decode as decodeText };

/** The separator that stands most often outside of quotes in the first line. */
export function findSeparator(start: string): Separator {
  const line = /^(?:"(?:[^"]|"")*"|[^"\r\n])*/.exec(start)?.[0] ?? '';
  const bare = line.replace(/"(?:[^"]|"")*"/g, '');
  const countOf = (separator: Separator) => bare.split(separator).length;
  return separators.reduce((best, each) => (countOf(each) > countOf(best) ? each : best));
}

/** Unquoted cells are trimmed, quoted ones are not; empty lines are passed over. @throws FileFailure */
export async function* readCsv(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<CsvRow> {
  const pieces = decode(bytes);
  const start = await takeStart(pieces);
  const declared = declaration.exec(start);
  const text = declared ? start.slice(declared[0].length) : start;
  const parser = openParser((declared?.[1] as Separator | undefined) ?? findSeparator(text));
  const feeding = feed(parser, text, pieces);
  // Heard below, when the parser has ended.
  feeding.catch((error: unknown) => parser.destroy(error as Error));
  try {
    for await (const { info, record } of parser as AsyncIterable<Parsed>)
      yield toRow(record, info.lines + (declared ? 1 : 0));
    await feeding;
  } catch (error) {
    throw toFailure(error);
  }
}

interface Parsed {
  readonly info: { readonly lines: number };
  readonly record: readonly string[];
}

async function takeStart(pieces: AsyncGenerator<string>): Promise<string> {
  let text = '';
  while (!/[\r\n]./s.test(text) && text.length < maxFirstLine) {
    const next = await pieces.next();
    if (next.done === true) break;
    text += next.value;
  }
  return text;
}

const openParser = (separator: Separator): Parser =>
  parse({
    delimiter: separator,
    record_delimiter: ['\r\n', '\n', '\r'],
    trim: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    // In bytes; what is longer by characters is told below, with its line.
    max_record_size: limits.columns * limits.cell,
  });

async function feed(parser: Parser, start: string, pieces: AsyncGenerator<string>): Promise<void> {
  const write = async (text: string): Promise<void> => {
    if (parser.write(text) || parser.destroyed) return;
    await new Promise<void>((resolve) => {
      const go = (): void => {
        parser.off('drain', go).off('close', go);
        resolve();
      };
      parser.on('drain', go).on('close', go);
    });
  };
  await write(start);
  for await (const text of pieces) {
    if (parser.destroyed) return;
    await write(text);
  }
  parser.end();
}

function toRow(cells: readonly string[], lastLine: number): CsvRow {
  let line = lastLine;
  for (const cell of cells) {
    if (cell.length > limits.cell) throw new FileFailure('cell_too_long', lastLine);
    if (/[\r\n]/.test(cell)) line -= cell.split(/\r\n|\n|\r/).length - 1;
  }
  return { line, cells };
}

function toFailure(error: unknown): unknown {
  if (!(error instanceof CsvError)) return error;
  const line = typeof error['lines'] === 'number' ? error['lines'] : null;
  if (error.code === 'CSV_QUOTE_NOT_CLOSED') return new FileFailure('quote_not_closed', line);
  return new FileFailure(error.code === 'CSV_MAX_RECORD_SIZE' ? 'cell_too_long' : 'quote_misplaced', line);
}

/** Quoted where it must be (RFC 4180 2.6). Also with a `;`, lest a spreadsheet that separates by it cuts there. */
export const csvCell = (text: string): string =>
  /[",;\t\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
