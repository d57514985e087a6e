// A ring that runs out, with the seconds in it. It moves by steps of a second, also where motion is reduced: it is the information.

export interface RingProps {
  /** 0 to 1. */
  readonly left: number;
  readonly seconds: number;
  readonly label: string;
  readonly urgent?: boolean;
}

export const Ring = ({ left, seconds, label, urgent = false }: RingProps) => (
  <span class={urgent ? 'ring ring-urgent' : 'ring'} role="timer" aria-label={label}>
    <svg viewBox="0 0 36 36" aria-hidden="true" focusable="false">
      <circle class="ring-track" cx="18" cy="18" r="15.5" />
      <circle
        class="ring-left"
        cx="18"
        cy="18"
        r="15.5"
        pathLength="100"
        stroke-dasharray="100"
        stroke-dashoffset={100 - Math.max(0, Math.min(1, left)) * 100}
      />
    </svg>
    <span aria-hidden="true">{seconds}</span>
  </span>
);
