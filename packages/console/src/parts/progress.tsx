// How far something with many parts is.

/** @param label says what is under way, and how far in words */
export const Progress = ({
  label,
  done,
  of,
}: {
  readonly label: string;
  readonly done: number;
  readonly of: number;
}) => (
  <div class="progress">
    <label>
      <span>{label}</span>
      <progress value={done} max={Math.max(of, 1)} />
    </label>
  </div>
);
