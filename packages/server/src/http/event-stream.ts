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

/** More than this unread means that the peer does not read: one event is as good as many. */
const maxUnreadBytes = 4096;

/**
 * A stream of `event: challenges`, one for each time `watch` calls back. Ends by itself, or when the signal fires; then `closed`
 * is called once and the watch stopped.
 */
export function openEventStream(
  watch: (onChange: () => void) => () => void,
  { signal, closed, times = streamTimes }: { signal: AbortSignal; closed: () => void; times?: StreamTimes },
): Readable {
  const stream = new PassThrough();
  const send = (text: string): void => {
    if (stream.writable && stream.writableLength < maxUnreadBytes) stream.write(text);
  };
  const stop = watch(() => send('event: challenges\ndata:\n\n'));
  const heartbeat = setInterval(() => send(':\n\n'), times.heartbeatMs);
  const end = () => stream.end();
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
