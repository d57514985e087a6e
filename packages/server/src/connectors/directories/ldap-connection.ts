// One connection to a server of a directory. Written over ldapts's messages and not its client: that one connects anew by itself, after
// StartTLS without TLS, takes messages and pages of any size, and can be made to loop for ever by a length that points backwards.
import type { Socket } from 'node:net';
import {
  Attribute,
  BindRequest,
  Change,
  type Control,
  type Filter,
  ModifyRequest,
  PagedResultsControl,
  PasswordPolicyControl,
  SearchRequest,
  UnbindRequest,
} from 'ldapts';
import type { Secret } from '#platform/secret.ts';
import { BrokenMessage } from './ber.ts';
import { createExchange, type Exchange } from './exchange.ts';
import { HostFailure } from './failure.ts';
import { type DirectoryEntry, type LdapResult, readPageCookie, readPasswordPolicyError } from './response.ts';

export interface Search {
  readonly base: string;
  readonly scope: 'base' | 'one' | 'sub';
  readonly filter: Filter;
  readonly attributes: readonly string[];
  /** The connection is given up when more come. */
  readonly most: number;
  /** Where to go on with the next `size` entries; an empty cookie begins. */
  readonly page?: { readonly size: number; readonly cookie: Buffer };
}

export interface SearchAnswer {
  readonly result: LdapResult;
  readonly entries: readonly DirectoryEntry[];
  /** Of the next page; empty when there is none. */
  readonly cookie: Buffer;
}

/** Values of one attribute of one entry, changed together or not at all (RFC 4511 4.6). */
export interface Modification {
  readonly dn: string;
  readonly attribute: string;
  /** Bytes where it is no text. */
  readonly remove: readonly (string | Buffer)[];
  readonly add: readonly string[];
}

export interface BindAnswer {
  readonly result: LdapResult;
  /** See `readPasswordPolicyError`. */
  readonly policyError: number | undefined;
}

export interface LdapConnection {
  /** @throws HostFailure; RangeError for an empty password, which would be an anonymous bind (RFC 4513 5.1.2) */
  bind(name: string, password: Secret, signal: AbortSignal): Promise<BindAnswer>;
  /** @throws HostFailure */
  search(search: Search, signal: AbortSignal): Promise<SearchAnswer>;
  /** @throws HostFailure */
  modify(modification: Modification, signal: AbortSignal): Promise<LdapResult>;
  isOpen(): boolean;
  close(): void;
}

/** @param stream connected, and secured as it has to be */
export function createLdapConnection(stream: Socket, answerMs: number): LdapConnection {
  const exchange = createExchange(stream, answerMs);
  return {
    bind: (name, password, signal) => bind(exchange, name, password, signal),
    search: (search, signal) => searchBy(exchange, search, answerMs, signal),
    modify: (modification, signal) => modify(exchange, modification, signal),
    isOpen: exchange.isOpen,
    close: () => exchange.close((messageId) => new UnbindRequest({ messageId })),
  };
}

async function bind(
  exchange: Exchange,
  name: string,
  secret: Secret,
  signal: AbortSignal,
): Promise<BindAnswer> {
  const password = secret.reveal();
  if (password === '') throw new RangeError('an empty password is an anonymous bind');
  let answer: BindAnswer | undefined;
  const controls = [new PasswordPolicyControl()];
  await exchange.ask(
    (messageId) => new BindRequest({ messageId, dn: name, password, controls }),
    ({ is, controls: told }) => {
      if (is.kind !== 'result' || is.of !== 'bind') throw outOfOrder();
      const policy = told.get(PasswordPolicyControl.type);
      answer = { result: is.result, policyError: policy && readPasswordPolicyError(policy) };
      return true;
    },
    signal,
  );
  return present(answer);
}

async function searchBy(
  exchange: Exchange,
  search: Search,
  answerMs: number,
  signal: AbortSignal,
): Promise<SearchAnswer> {
  const entries: DirectoryEntry[] = [];
  let answer: SearchAnswer | undefined;
  await exchange.ask(
    (messageId) => searchRequest(messageId, search, answerMs),
    ({ is, controls }) => {
      if (is.kind === 'reference') return false;
      if (is.kind === 'entry') {
        if (entries.length >= search.most)
          throw new BrokenMessage(`more than the ${search.most} entries that were asked for`);
        entries.push(is.entry);
        return false;
      }
      if (is.of !== 'search') throw outOfOrder();
      const page = controls.get(PagedResultsControl.type);
      answer = { result: is.result, entries, cookie: page ? readPageCookie(page) : Buffer.alloc(0) };
      return true;
    },
    signal,
  );
  return present(answer);
}

async function modify(
  exchange: Exchange,
  { dn, attribute, remove, add }: Modification,
  signal: AbortSignal,
): Promise<LdapResult> {
  const change = (operation: 'add' | 'delete', values: readonly (string | Buffer)[]): Change[] => {
    const bytes = values.map((value) => Buffer.from(value));
    const modification = new Attribute({ type: attribute, values: bytes });
    return bytes.length === 0 ? [] : [new Change({ operation, modification })];
  };
  // Taken away first: a value may come again with another spelling.
  const changes = [...change('delete', remove), ...change('add', add)];
  let answer: LdapResult | undefined;
  await exchange.ask(
    (messageId) => new ModifyRequest({ messageId, dn, changes }),
    ({ is }) => {
      if (is.kind !== 'result' || is.of !== 'modify') throw outOfOrder();
      answer = is.result;
      return true;
    },
    signal,
  );
  return present(answer);
}

const outOfOrder = (): BrokenMessage => new BrokenMessage('an answer to another question');

/** Both were set before the promise was kept; only the compiler cannot see it. */
function present<T>(answer: T | undefined): T {
  if (answer === undefined) throw new HostFailure('answer', 'no answer');
  return answer;
}

function searchRequest(messageId: number, search: Search, answerMs: number): SearchRequest {
  const { base, scope, filter, attributes, most, page } = search;
  const controls: Control[] = page
    ? [new PagedResultsControl({ critical: true, value: { size: page.size, cookie: page.cookie } })]
    : [];
  return new SearchRequest({
    messageId,
    baseDN: base,
    scope,
    filter,
    attributes: [...attributes],
    // RFC 2696 3: a size limit counts all pages together.
    sizeLimit: page ? 0 : most,
    timeLimit: Math.max(1, Math.ceil(answerMs / 1000)),
    controls,
  });
}
