// One connection to a server of a directory, one question at a time. Written over ldapts's messages and not its client: that one connects
// anew by itself, after StartTLS without TLS, and takes messages and pages of any size.
import type { Socket } from 'node:net';
import {
  BindRequest,
  type Control,
  type Filter,
  type Message,
  PagedResultsControl,
  PasswordPolicyControl,
  SearchRequest,
  UnbindRequest,
} from 'ldapts';
import type { Secret } from '#platform/secret.ts';
import { BrokenMessage, createFrames } from './ber.ts';
import { HostFailure } from './failure.ts';
import {
  type DirectoryEntry,
  type LdapResponse,
  type LdapResult,
  readPageCookie,
  readPasswordPolicyError,
  readResponse,
} from './response.ts';

/** Bytes of one answer, so of one entry: a group with ten thousand members, or a person with every attribute that we ask for. */
export const longestMessage = 4 * 1024 * 1024;

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
  isOpen(): boolean;
  close(): void;
}

interface Waiting {
  readonly id: number;
  /** Returns true when it was the last one of the answer. */
  readonly take: (response: LdapResponse) => boolean;
  readonly end: (failure: HostFailure | undefined) => void;
}

/** @param stream connected, and secured as it has to be */
export function createLdapConnection(stream: Socket, answerMs: number): LdapConnection {
  const frames = createFrames(longestMessage);
  let waiting: Waiting | undefined;
  let lastId = 0;
  let failure: HostFailure | undefined;

  const fail = (message: string, isEnded = false): void => {
    failure ??= new HostFailure('answer', message, { isEnded });
    stream.destroy();
    waiting?.end(failure);
  };
  const take = (message: Buffer): void => {
    const response = readResponse(message);
    // RFC 4511 4.4.1: a notice of disconnection comes unasked.
    if (response.id === 0) return fail('the server ended the connection', true);
    if (response.id !== waiting?.id) return fail('the server answered something that was not asked');
    if (waiting.take(response)) waiting.end(undefined);
  };
  stream.setNoDelay(true);
  stream.on('data', (chunk: Buffer) => {
    try {
      for (const message of frames.add(chunk)) {
        if (failure) return;
        take(message);
      }
    } catch (error) {
      if (!(error instanceof BrokenMessage)) throw error;
      fail(`the server sent ${error.message}`);
    }
  });
  stream.on('error', (error: NodeJS.ErrnoException) =>
    fail(`the connection broke (${error.code ?? 'error'})`, true),
  );
  stream.on('end', () => fail('the server closed the connection', true));
  stream.on('close', () => fail('the connection was closed', true));

  /** @throws HostFailure when the whole answer is not there in time */
  const ask = (make: (id: number) => Message, takeResponse: Waiting['take'], signal: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      if (failure) return reject(failure);
      if (waiting) return reject(new Error('a connection is asked one thing at a time'));
      if (signal.aborted) return reject(new HostFailure('answer', 'it was called off'));
      const id = (lastId = (lastId % 0x7fff_ffff) + 1);
      const timer = setTimeout(() => fail(`no answer within ${answerMs} ms`), answerMs);
      const callOff = (): void => fail('it was called off');
      signal.addEventListener('abort', callOff);
      waiting = {
        id,
        take: takeResponse,
        end(failed) {
          clearTimeout(timer);
          signal.removeEventListener('abort', callOff);
          waiting = undefined;
          if (failed) reject(failed);
          else resolve();
        },
      };
      stream.write(make(id).write());
    });

  return {
    async bind(name, password, signal) {
      const text = password.reveal();
      if (text === '') throw new RangeError('an empty password is an anonymous bind');
      let answer: BindAnswer | undefined;
      const controls = [new PasswordPolicyControl()];
      await ask(
        (messageId) => new BindRequest({ messageId, dn: name, password: text, controls }),
        ({ is, controls: told }) => {
          if (is.kind !== 'result' || is.of !== 'bind') throw outOfOrder();
          const policy = told.get(PasswordPolicyControl.type);
          answer = { result: is.result, policyError: policy && readPasswordPolicyError(policy) };
          return true;
        },
        signal,
      );
      return present(answer);
    },
    async search(search, signal) {
      const entries: DirectoryEntry[] = [];
      let answer: SearchAnswer | undefined;
      await ask(
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
    },
    isOpen: () => failure === undefined,
    close() {
      if (failure) return;
      failure = new HostFailure('answer', 'the connection was closed');
      stream.end(new UnbindRequest({ messageId: lastId + 1 }).write());
      stream.destroySoon();
      waiting?.end(failure);
    },
  };
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
