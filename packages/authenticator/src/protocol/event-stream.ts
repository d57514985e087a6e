// Reads server-sent events (WHATWG HTML 9.2.6) as far as the protocol uses them. Not EventSource: that cannot send a proof.
import { readProblem, ServerUnreachable } from '@countersign/ui/server-problem.ts';
import type { Connection } from './connection.ts';

/** The server ends a stream after 5 minutes (device protocol section 4). */
const streamTimeoutMs = 330_000;

/** Who is told of what comes. */
export interface Listener {
  /** Once when the stream is open, and again at each "ask again". */
  readonly askAgain: () => void;
  /** There may be a new device of the user, or one less. */
  readonly newcomers: () => void;
}

/** Resolves when the stream ends. @throws as `call` */
export async function followEvents(
  connection: Connection,
  { askAgain, newcomers }: Listener,
  signal: AbortSignal,
): Promise<void> {
  const response = await connection.send('GET', '/v1/device/events', { timeoutMs: streamTimeoutMs, signal });
  if (!response.ok || !response.body) throw await readProblem(response);
  askAgain();
  const names = eventNames();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const heard = names.read(value);
      if (heard.includes('challenges')) askAgain();
      if (heard.includes('newcomers')) newcomers();
    }
  } catch (error) {
    throw signal.aborted ? error : new ServerUnreachable(error);
  }
}

/** Collects the names of events from text that comes in pieces. */
export function eventNames(): { read(text: string): readonly string[] } {
  let rest = '';
  let name = '';
  return {
    read(text) {
      const lines = (rest + text).split(/\r\n|\r|\n/);
      rest = lines.pop() ?? '';
      const found: string[] = [];
      for (const line of lines) {
        if (line.startsWith('event:')) name = line.slice('event:'.length).trim();
        else if (line === '' && name !== '') {
          found.push(name);
          name = '';
        }
      }
      return found;
    },
  };
}
