// Tells whoever looks when auth requests or onboarding processes change: one stream of the server for the whole window, and asking every 5 s while there is none.
import { createStore, type Store } from '@countersign/ui/store.ts';
import { useEffect, useRef } from 'preact/hooks';
import { urlOf } from './send.ts';
import { isSignedOut } from './session.ts';

/** Ids that changed; none means many, or that some may have been missed. */
type ActivityListener = (ids: readonly string[]) => void;

/** `live`: told by the server within a second; `asking`: it cannot be reached that way, and is asked every 5 s. */
type StreamState = 'opening' | 'live' | 'asking';

const state = createStore<StreamState>('opening');
export const streamState: Store<StreamState> = state;

/** What changed: auth requests, or onboarding processes. */
type Topic = 'activity' | 'onboarding';

const listeners = new Map<ActivityListener, Topic>();
const askEveryMs = 5_000;
let source: EventSource | undefined;
let timer: ReturnType<typeof setInterval> | undefined;

/** @param topic undefined: everybody */
const tell = (ids: readonly string[], topic?: Topic): void => {
  for (const [listener, wanted] of listeners) if (topic === undefined || topic === wanted) listener(ids);
};

/** @returns ends it */
export function followActivity(listener: ActivityListener, topic: Topic = 'activity'): () => void {
  const own: ActivityListener = (ids) => listener(ids);
  listeners.set(own, topic);
  if (listeners.size === 1) start();
  return () => {
    listeners.delete(own);
    if (listeners.size === 0) stop();
  };
}

const lookEveryMs = 3_000;

/** Looks at once, at every change, and every 3 s all the same. @param isOn nothing is opened otherwise */
export function useActivityStream(isOn: boolean, look: () => void, topic: Topic = 'activity'): void {
  const newest = useRef(look);
  newest.current = look;
  useEffect(() => {
    if (!isOn) return undefined;
    const run = (): void => newest.current();
    const unfollow = followActivity(run, topic);
    const timer = setInterval(run, lookEveryMs);
    run();
    return () => {
      unfollow();
      clearInterval(timer);
    };
  }, [isOn, topic]);
}

function start(): void {
  document.addEventListener('visibilitychange', follow);
  follow();
}

function stop(): void {
  document.removeEventListener('visibilitychange', follow);
  close();
  state.change(() => 'opening');
}

function close(): void {
  source?.close();
  source = undefined;
  clearInterval(timer);
  timer = undefined;
}

/** A window that nobody looks at holds no connection: browsers have six for each server. */
function follow(): void {
  close();
  if (!document.hidden) open();
}

function open(): void {
  const opened = new EventSource(urlOf('streamActivity', {}));
  source = opened;
  opened.onopen = () => {
    clearInterval(timer);
    timer = undefined;
    state.change(() => 'live');
    // What changed before it was open is not told by it.
    tell([]);
  };
  for (const topic of ['activity', 'onboarding'] as const)
    opened.addEventListener(topic, ({ data }: MessageEvent<string>) => tell(readIds(data), topic));
  opened.onerror = () => {
    // The browser connects again by itself after a stream that ended; not after a refusal.
    timer ??= setInterval(ask, askEveryMs);
  };
}

function ask(): void {
  if (isSignedOut()) return;
  state.change(() => 'asking');
  if (source?.readyState === EventSource.CLOSED) {
    source.close();
    open();
  }
  tell([]);
}

function readIds(data: string): readonly string[] {
  try {
    const { ids } = JSON.parse(data) as { readonly ids?: unknown };
    return Array.isArray(ids) ? ids.map(String) : [];
  } catch {
    return [];
  }
}
