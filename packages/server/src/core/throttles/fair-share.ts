// Who may hold one more of a limited number of places. Whoever holds as many as are still free gets no more (a dynamic threshold, as
// switches share their buffers: Choudhury and Hahne 1998): one greedy holder stops at half, and somebody new always finds room.

export interface FairShare {
  /** Takes a place; the returned function gives it back, once. Or says why there is none. */
  take(holder: string): (() => void) | 'full' | 'source_share';
}

/** @param total places that there are */
export function createFairShare(total: number): FairShare {
  // Never more entries than places.
  const held = new Map<string, number>();
  let taken = 0;
  return {
    take(holder) {
      const own = held.get(holder) ?? 0;
      if (taken >= total) return 'full';
      if (own >= total - taken) return 'source_share';
      held.set(holder, own + 1);
      taken += 1;
      let isBack = false;
      return () => {
        if (isBack) return;
        isBack = true;
        taken -= 1;
        const left = (held.get(holder) ?? 1) - 1;
        if (left > 0) held.set(holder, left);
        else held.delete(holder);
      };
    },
  };
}
