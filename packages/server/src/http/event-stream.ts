// Server-sent events (WHATWG HTML 9.2): each says only where to look again; the database stays the truth.
import { PassThrough, type Readable } from 'node:stream';

export interface StreamTimes {
  /** A comment this often keeps the connection open through proxies. */
  readonly heartbeatMs: number;
  /** The stream ends after this; whoever listens opens it anew, and is looked at anew. */
  readonly endAfterMs: number;
}

/** Device protocol, section 4. */
export const streamTimes: StreamTimes = { heartbeatMs: 15_000, endAfterMs: 300_000 };

export interface StreamOptions {
  readonly signal: AbortSignal;
  readonly closed: () => void;
  /** Whether the caller may still listen; what it throws counts as no. */
  readonly mayGoOn: () => Promise<boolean>;
  readonly times?: StreamTimes;
}

/** More than this unread means that the peer does not read: one event is as good as many. */
const maxUnreadBytes = 4096;

/** @param data one line. @returns false when it was left out, since the peer does not read */
export type SendEvent = (event: string, data: string) => boolean;

/**
 * A stream of what `watch` sends. Ends by itself, when the signal fires, or when `mayGoOn`, asked at each heartbeat, does not say yes;
 * then `closed` is called once and the watch stopped.
 */
export function openEventStream(
  watch: (send: SendEvent) => () => void,
  { signal, closed, mayGoOn, times = streamTimes }: StreamOptions,
): Readable {
  const stream = new PassThrough();
  const send = (text: string): boolean => {
    if (!stream.writable || stream.writableLength >= maxUnreadBytes) return false;
    stream.write(text);
    return true;
  };
  const stop = watch((event, data) => send(`event: ${event}\ndata:${data}\n\n`));
  const end = () => stream.end();
  // A database that does not answer ends the stream too: whoever listens comes back, and learns it then.
  const beat = () => mayGoOn().then((may) => void (may ? send(':\n\n') : end()), end);
  const heartbeat = setInterval(() => void beat(), times.heartbeatMs);
  const ending = setTimeout(end, times.endAfterMs);
  signal.addEventListener('abort', end, { once: true });
  stream.once('close', () => {
    stop();
    clearInterval(heartbeat);
    clearTimeout(ending);
    signal.removeEventListener('abort', end);
    closed();
  });
  // Headers go out with the first byte: whoever listens knows at once that it is heard.
  send(':\n\n');
  if (signal.aborted) end();
  return stream;
}
