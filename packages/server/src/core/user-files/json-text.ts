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
  const scanner = new Scanner();
  for await (const text of decodeText(bytes)) yield* scanner.take(text);
  scanner.end();
}

/** Finds where objects begin and end; what is in them is left to JSON.parse. */
class Scanner {
  #isArray: boolean | undefined;
  #isClosed = false;
  /** In an array, what must follow: an object after a comma, a comma or the end after an object. */
  #wants: 'object' | 'comma' | 'either' = 'either';
  #depth = 0;
  #inText = false;
  #isEscaped = false;
  #line = 1;
  #index = 0;
  #begun = 1;
  #held = '';

  *take(text: string): Generator<JsonRow> {
    let from = 0;
    for (let at = 0; at < text.length; at += 1) {
      const character = text[at] ?? '';
      if (this.#depth === 0) {
        this.#outside(character);
        if (this.#depth > 0) from = at;
      } else if (this.#inside(character)) yield this.#toRow(this.#held + text.slice(from, at + 1));
      if (character === '\n') this.#line += 1;
    }
    if (this.#depth > 0) this.#held += text.slice(from);
    if (this.#held.length > maxLength) throw new FileFailure('cell_too_long', this.#begun);
  }

  end(): void {
    const isOpen = this.#depth > 0 || (this.#isArray === true && !this.#isClosed);
    if (isOpen) throw new FileFailure('cut_off', this.#where());
  }

  #where(): number {
    return this.#isArray === true ? this.#index + 1 : this.#line;
  }

  #outside(character: string): void {
    const isArray = this.#isArray === true;
    if (' \t\r\n'.includes(character)) return;
    if (this.#isClosed) throw new FileFailure('not_json', this.#where());
    if (character === '[' && this.#isArray === undefined) this.#isArray = true;
    else if (character === ']' && isArray && this.#wants !== 'object') this.#isClosed = true;
    else if (character === ',' && isArray && this.#wants === 'comma') this.#wants = 'object';
    else if (character === '{' && (!isArray || this.#wants !== 'comma')) {
      this.#isArray ??= false;
      this.#depth = 1;
      this.#begun = this.#where();
    } else throw new FileFailure('not_json', this.#where());
  }

  /** @returns whether the object has ended */
  #inside(character: string): boolean {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (this.#inText) {
      if (character === '\\') this.#isEscaped = true;
      else if (character === '"') this.#inText = false;
    } else if (character === '"') this.#inText = true;
    else if (character === '{' || character === '[') this.#depth += 1;
    else if (character === '}' || character === ']') this.#depth -= 1;
    return this.#depth === 0;
  }

  #toRow(text: string): JsonRow {
    this.#held = '';
    this.#index += 1;
    this.#wants = this.#isArray === true ? 'comma' : 'either';
    try {
      return { line: this.#begun, value: JSON.parse(text) as JsonRow['value'] };
    } catch {
      throw new FileFailure('not_json', this.#begun);
    }
  }
}
