// Server-sent events (WHATWG HTML 9.2) of the device protocol: each event says only "ask again"; the database stays the truth.
import { PassThrough, type Readable } from 'node:stream';

export interface StreamTimes {
  /** A comment this often keeps the connection open through proxies. */
  readonly heartbeatMs: number;
  /** The stream ends after this; the device opens it anew, with a fresh proof. */
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

/**
 * A stream of `event: challenges`, one for each time `watch` calls back. Ends by itself, when the signal fires, or when `mayGoOn`,
 * asked at each heartbeat, does not say yes; then `closed` is called once and the watch stopped.
 */
export function openEventStream(
  watch: (onChange: () => void) => () => void,
  { signal, closed, mayGoOn, times = streamTimes }: StreamOptions,
): Readable {
  const stream = new PassThrough();
  const send = (text: string): void => {
    if (stream.writable && stream.writableLength < maxUnreadBytes) stream.write(text);
  };
  const stop = watch(() => send('event: challenges\ndata:\n\n'));
  const end = () => stream.end();
  // A database that does not answer ends the stream too: the device comes back, and learns it then.
  const beat = () => mayGoOn().then((may) => (may ? send(':\n\n') : end()), end);
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
  // Headers go out with the first byte: the device knows at once that it is heard.
  send(':\n\n');
  if (signal.aborted) end();
  return stream;
}
