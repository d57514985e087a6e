// The first moment of a request takes no answer: a press in it was meant for something else, a window that covered it, or the screen before.

const guardMs = 600;

export interface FirstMoment {
  /** The request came, or came into sight again. */
  restart(): void;
  /** Whether a press now is meant for what is on the screen. */
  isOver(): boolean;
}

export interface Looking {
  /** Milliseconds of a clock that nobody sets. */
  readonly now: () => number;
  /** The window is in sight and has the focus. */
  readonly isLookedAt: () => boolean;
}

export function firstMoment({ now, isLookedAt }: Looking): FirstMoment {
  let since = now();
  return {
    restart: () => {
      since = now();
    },
    isOver: () => isLookedAt() && now() - since >= guardMs,
  };
}
