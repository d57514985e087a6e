// The time on the screen, for what counts down.
import { useEffect, useState } from 'preact/hooks';

/** @param now epoch milliseconds. Changes about every `everyMs`. */
export function useNow(now: () => number, everyMs = 250): number {
  const [value, setValue] = useState(now());
  useEffect(() => {
    const timer = setInterval(() => setValue(now()), everyMs);
    return () => clearInterval(timer);
  }, [now, everyMs]);
  return value;
}
