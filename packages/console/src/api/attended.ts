// Whether somebody is there. Pages ask again and again by themselves; only a person keeps a session from idling.
import { steadyNow } from '@countersign/ui/clock.ts';

/** Whoever reads a page without touching anything is there for a while, too. */
const presentMs = 60_000;
const signs = ['pointerdown', 'keydown', 'wheel', 'touchstart'] as const;

// Whoever opened the page was there.
let lastSign = steadyNow();

/** Before anything else hears them: a page may keep some to itself. */
export function watchForSomebody(page: Pick<EventTarget, 'addEventListener'>): void {
  const note = () => {
    lastSign = steadyNow();
  };
  for (const sign of signs) page.addEventListener(sign, note, { capture: true, passive: true });
}

export const isAttended = (): boolean => steadyNow() - lastSign < presentMs;
