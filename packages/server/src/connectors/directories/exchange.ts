// Questions and answers over one connection, one question at a time: numbers them, cuts what comes into messages, and gives the connection
// up at the first thing that is not as it should be.
import type { Socket } from 'node:net';
import type { Message } from 'ldapts';
import { BrokenMessage, createFrames } from './ber.ts';
import { HostFailure } from './failure.ts';
import { type LdapResponse, readResponse } from './response.ts';

/** Bytes of one answer, so of one entry: a group with ten thousand members, or a person with every attribute that we ask for. */
export const longestMessage = 4 * 1024 * 1024;

export interface Exchange {
  /**
   * @param take each message of the answer; returns true when it was the last
   * @throws HostFailure when the whole answer is not there in time
   */
  ask(
    make: (id: number) => Message,
    take: (response: LdapResponse) => boolean,
    signal: AbortSignal,
  ): Promise<void>;
  isOpen(): boolean;
  /** @param farewell is sent as the last thing */
  close(farewell: (id: number) => Message): void;
}

interface Waiting {
  readonly id: number;
  readonly take: (response: LdapResponse) => boolean;
  readonly end: (failure: HostFailure | undefined) => void;
}

interface State {
  waiting: Waiting | undefined;
  failure: HostFailure | undefined;
  lastId: number;
}

/** @param stream connected, and secured as it has to be */
export function createExchange(stream: Socket, answerMs: number): Exchange {
  const state: State = { waiting: undefined, failure: undefined, lastId: 0 };
  const fail = (message: string, isEnded = false): void => {
    state.failure ??= new HostFailure('answer', message, { isEnded });
    stream.destroy();
    state.waiting?.end(state.failure);
  };
  listen(stream, state, fail);

  return {
    ask: (make, take, signal) =>
      new Promise((resolve, reject) => {
        if (state.failure) return reject(state.failure);
        if (state.waiting) return reject(new Error('a connection is asked one thing at a time'));
        if (signal.aborted) return reject(new HostFailure('answer', 'it was called off'));
        const id = (state.lastId % 0x7fff_ffff) + 1;
        const timer = setTimeout(() => fail(`no answer within ${answerMs} ms`), answerMs);
        const callOff = (): void => fail('it was called off');
        signal.addEventListener('abort', callOff);
        const end = (failure: HostFailure | undefined): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', callOff);
          state.waiting = undefined;
          if (failure) reject(failure);
          else resolve();
        };
        state.lastId = id;
        state.waiting = { id, take, end };
        stream.write(make(id).write());
      }),
    isOpen: () => state.failure === undefined,
    close(farewell) {
      if (state.failure) return;
      state.failure = new HostFailure('answer', 'the connection was closed');
      stream.end(farewell(state.lastId + 1).write());
      stream.destroySoon();
      state.waiting?.end(state.failure);
    },
  };
}

function listen(stream: Socket, state: State, fail: (message: string, isEnded?: boolean) => void): void {
  const frames = createFrames(longestMessage);
  const take = (message: Buffer): void => {
    const response = readResponse(message);
    // RFC 4511 4.4.1: a notice of disconnection comes unasked.
    if (response.id === 0) return fail('the server ended the connection', true);
    const { waiting } = state;
    if (response.id !== waiting?.id) return fail('the server answered something that was not asked');
    if (waiting.take(response)) waiting.end(undefined);
  };
  stream.setNoDelay(true);
  stream.on('data', (chunk: Buffer) => {
    try {
      for (const message of frames.add(chunk)) {
        if (state.failure) return;
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
}
