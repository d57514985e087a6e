// Reads objects out of JSON piece by piece: an array of them, or one after the other (JSON lines). Only one of them is in memory.
import { userFileLimits as limits } from '@countersign/contract/user-files.ts';
import { decodeText } from './csv-text.ts';
import { FileFailure } from './file-failure.ts';

export interface JsonRow {
  /** Of JSON lines, where it begins; of an array, which one it is; from 1. */
  readonly line: number;
  readonly value: Readonly<Record<string, unknown>>;
}

const maxLength = limits.columns * limits.cell;

/** @throws FileFailure */
export async function* readJson(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<JsonRow> {
  const scanner = createScanner();
  for await (const text of decodeText(bytes)) yield* scanner.take(text);
  scanner.end();
}

/** Finds where objects begin and end; what is in them is left to JSON.parse. */
function createScanner() {
  let isArray: boolean | undefined;
  let isClosed = false;
  // In an array, what may follow: an object after `[` or `,`, a comma or the end after an object.
  let wants: 'object' | 'comma' | 'either' = 'either';
  let depth = 0;
  let inText = false;
  let isEscaped = false;
  let line = 1;
  let index = 0;
  let begun = 1;
  let held = '';

  const where = (): number => (isArray === true ? index + 1 : line);
  const failure = (): FileFailure => new FileFailure('not_json', where());

  const outside = (character: string): void => {
    if (' \t\r\n'.includes(character)) return;
    if (isClosed) throw failure();
    if (character === '[' && isArray === undefined) {
      isArray = true;
    } else if (character === ']' && isArray === true && wants !== 'object') {
      isClosed = true;
    } else if (character === ',' && isArray === true && wants === 'comma') {
      wants = 'object';
    } else if (character === '{' && (isArray !== true || wants !== 'comma')) {
      isArray ??= false;
      depth = 1;
      begun = where();
    } else throw failure();
  };

  /** @returns whether the object has ended */
  const inside = (character: string): boolean => {
    if (isEscaped) isEscaped = false;
    else if (inText) {
      if (character === '\\') isEscaped = true;
      else if (character === '"') inText = false;
    } else if (character === '"') inText = true;
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth -= 1;
    return depth === 0;
  };

  const toRow = (text: string): JsonRow => {
    held = '';
    index += 1;
    wants = isArray === true ? 'comma' : 'either';
    try {
      return { line: begun, value: JSON.parse(text) as JsonRow['value'] };
    } catch {
      throw new FileFailure('not_json', begun);
    }
  };

  return {
    *take(text: string): Generator<JsonRow> {
      let from = 0;
      for (let at = 0; at < text.length; at += 1) {
        const character = text[at] ?? '';
        if (depth === 0) {
          outside(character);
          if (depth > 0) from = at;
        } else if (inside(character)) yield toRow(held + text.slice(from, at + 1));
        if (character === '\n') line += 1;
      }
      if (depth > 0) held += text.slice(from);
      if (held.length > maxLength) throw new FileFailure('cell_too_long', begun);
    },
    end(): void {
      if (depth > 0 || (isArray === true && !isClosed)) throw new FileFailure('cut_off', where());
    },
  };
}
