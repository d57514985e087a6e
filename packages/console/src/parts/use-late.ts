// Whether something has taken so long that it should be shown: what is quick does not flicker.
import { useEffect, useState } from 'preact/hooks';

/** False at first; true when `isSo` has held for 300 ms. */
export function useLate(isSo: boolean, afterMs = 300): boolean {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    setLate(false);
    if (!isSo) return undefined;
    const timer = setTimeout(() => setLate(true), afterMs);
    return () => clearTimeout(timer);
  }, [isSo, afterMs]);
  return isSo && isLate;
}
