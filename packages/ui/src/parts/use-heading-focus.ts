// Puts the focus on the heading of a screen that has just opened, so that a screen reader says where one is.
import { useEffect, useRef } from 'preact/hooks';

/** @param of what the screen is about: another value is another screen; undefined leaves the focus where it is */
export function useHeadingFocus(of: unknown) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (of !== undefined) heading.current?.focus({ preventScroll: true });
  }, [of]);
  return heading;
}
