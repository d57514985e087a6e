// Reads filters and paths of SCIM (RFC 7644 3.4.2.2 and figure 7 of 3.5.2). Everything is bounded: whoever pushes may be wrong or ill-meaning.
import { comparisons, type Comparison, type ScimFilter } from '#core/scim/scim-filter.ts';
import { ScimError, type ScimType } from './scim-error.ts';

export const filterLimits = { length: 4000, depth: 20, terms: 100 } as const;

/** What a PATCH operation is about: `emails[type eq "work"].value` is `emails`, the filter, and `value`. */
export interface ScimPath {
  /** Lower case, without the URN of a core schema. */
  readonly attribute: string;
  readonly filter: ScimFilter | undefined;
  readonly sub: string | undefined;
}

/** @throws ScimError invalidFilter */
export function parseFilter(text: string): ScimFilter {
  const reader = new Reader(text, 'invalidFilter');
  const filter = reader.filter(0);
  reader.end();
  return filter;
}

/** @throws ScimError invalidPath */
export function parsePath(text: string): ScimPath {
  const reader = new Reader(text, 'invalidPath');
  const path = reader.path();
  reader.end();
  return path;
}

/** An attribute as asked for by `attributes`, `sortBy` or a path: lower case, without the URN of a core schema. */
export const attributeName = (text: string): string => text.toLowerCase().replace(coreUrn, '');

const coreUrn = /^urn:ietf:params:scim:schemas:core:2\.0:(?:user|group)[:.]/;

/** White space, then one token: a bracket, a JSON string, or a word (names hold letters, digits, `$`, `-`, `_`, `:` and `.`). */
const token = /[ \t]*(?:([()[\]])|("(?:[^"\\]|\\.)*")|([A-Za-z$][\w$:.-]*|-?\d[\d.eE+-]*))/y;
const afterBracket = /\.([A-Za-z$][\w$-]*)/y;

class Reader {
  readonly #text: string;
  readonly #fault: ScimType;
  #at = 0;
  #terms = 0;

  constructor(text: string, fault: ScimType) {
    this.#text = text;
    this.#fault = fault;
    if (text.length > filterLimits.length)
      throw this.#refuse(`longer than ${filterLimits.length} characters`);
  }

  /** or binds weakest, then and, then not. */
  filter(depth: number): ScimFilter {
    if (depth > filterLimits.depth) throw this.#refuse('nested too deeply');
    return this.#joined('or', () => this.#joined('and', () => this.#term(depth)));
  }

  path(): ScimPath {
    const attribute = attributeName(this.#word());
    if (!this.#takes('[')) return { ...splitSub(attribute), filter: undefined };
    const filter = this.filter(1);
    this.#needs(']');
    afterBracket.lastIndex = this.#at;
    const sub = afterBracket.exec(this.#text)?.[1]?.toLowerCase();
    if (sub !== undefined) this.#at = afterBracket.lastIndex;
    return { attribute, filter, sub };
  }

  end(): void {
    if (this.#text.slice(this.#at).trim() !== '') throw this.#refuse(`something is left at ${this.#at}`);
  }

  #joined(kind: 'and' | 'or', one: () => ScimFilter): ScimFilter {
    const first = one();
    const all = [first];
    while (this.#takes(kind)) all.push(one());
    return all.length === 1 ? first : { kind, of: all };
  }

  #term(depth: number): ScimFilter {
    this.#terms += 1;
    if (this.#terms > filterLimits.terms) throw this.#refuse(`more than ${filterLimits.terms} conditions`);
    if (this.#takes('(')) return this.#closed(depth, ')');
    if (this.#takes('not')) {
      this.#needs('(');
      return { kind: 'not', of: this.#closed(depth, ')') };
    }
    const attribute = attributeName(this.#word());
    if (this.#takes('[')) return { kind: 'some', attribute, of: this.#closed(depth, ']') };
    const operator = this.#word().toLowerCase();
    if (operator === 'pr') return { kind: 'present', attribute };
    if (!isComparison(operator)) throw this.#refuse(`unknown operator ${operator.slice(0, 20)}`);
    return { kind: 'compare', attribute, comparison: operator, value: this.#value() };
  }

  #closed(depth: number, bracket: ')' | ']'): ScimFilter {
    const inner = this.filter(depth + 1);
    this.#needs(bracket);
    return inner;
  }

  #peek(): { readonly text: string; readonly isText: boolean; readonly end: number } | undefined {
    token.lastIndex = this.#at;
    const found = token.exec(this.#text);
    if (!found) return undefined;
    const [, bracket, quoted, word] = found;
    return { text: bracket ?? quoted ?? word ?? '', isText: quoted !== undefined, end: token.lastIndex };
  }

  /** Takes the token if it is this one; words are compared without letter case. */
  #takes(wanted: string): boolean {
    const next = this.#peek();
    if (next?.text.toLowerCase() !== wanted) return false;
    this.#at = next.end;
    return true;
  }

  #needs(wanted: string): void {
    if (!this.#takes(wanted)) throw this.#refuse(`${wanted} is missing at ${this.#at}`);
  }

  #word(): string {
    const next = this.#peek();
    if (!next || next.isText || !/^[A-Za-z$]/.test(next.text))
      throw this.#refuse(`a name is missing at ${this.#at}`);
    this.#at = next.end;
    return next.text;
  }

  /** RFC 7644 3.4.2.2: a JSON string, number, true, false or null. */
  #value(): string | number | boolean | null {
    const next = this.#peek();
    if (!next || '()[]'.includes(next.text)) throw this.#refuse(`a value is missing at ${this.#at}`);
    this.#at = next.end;
    try {
      const value: unknown = JSON.parse(next.isText ? next.text : next.text.toLowerCase());
      if (typeof value === 'string' && !value.isWellFormed()) throw new SyntaxError('a lone surrogate');
      return value as string | number | boolean | null;
    } catch {
      throw this.#refuse(`the value at ${next.end} is no JSON`);
    }
  }

  #refuse(detail: string): ScimError {
    return new ScimError(
      400,
      `The ${this.#fault === 'invalidPath' ? 'path' : 'filter'} cannot be read: ${detail}.`,
      this.#fault,
    );
  }
}

const isComparison = (word: string): word is Comparison => comparisons.some((each) => each === word);

/** `name.formatted` is `formatted` of `name`. The URN of an extension has dots of its own, and is left whole. */
function splitSub(path: string): Omit<ScimPath, 'filter'> {
  if (path.startsWith('urn:')) return { attribute: path, sub: undefined };
  const [attribute = '', sub] = path.split('.', 2);
  return { attribute, sub };
}
