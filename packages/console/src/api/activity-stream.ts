// Told by the server when auth requests begin, change or end; and looks every few seconds all the same, since a hint may be lost.
import { useEffect, useRef } from 'preact/hooks';
import { urlOf } from './send.ts';

const lookEveryMs = 3_000;

/** @param isOn nothing is opened otherwise @param look asks the API what there is now */
export function useActivityStream(applicationId: string, isOn: boolean, look: () => void): void {
  const newest = useRef(look);
  newest.current = look;
  useEffect(() => {
    if (!isOn) return undefined;
    const run = (): void => newest.current();
    const stream = new EventSource(urlOf('streamActivity', { query: { application_id: applicationId } }));
    stream.addEventListener('activity', run);
    const timer = setInterval(run, lookEveryMs);
    run();
    return () => {
      stream.close();
      clearInterval(timer);
    };
  }, [applicationId, isOn]);
}
