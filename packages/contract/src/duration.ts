// How long something takes, as people say it: in days where they come out even.

export interface Duration {
  readonly count: number;
  readonly unit: 'minutes' | 'hours' | 'days';
}

const hour = 3600;
const day = 24 * hour;

/** Whole minutes below an hour, otherwise hours with one decimal. @param seconds more than 0 */
export function durationOf(seconds: number): Duration {
  if (seconds % day === 0) return { count: seconds / day, unit: 'days' };
  if (seconds < hour) return { count: Math.max(1, Math.round(seconds / 60)), unit: 'minutes' };
  return { count: Math.round((seconds / hour) * 10) / 10, unit: 'hours' };
}

/** `1 day`, `36 hours`. */
export function englishDuration(seconds: number): string {
  const { count, unit } = durationOf(seconds);
  return `${count} ${count === 1 ? unit.slice(0, -1) : unit}`;
}

/** Reads back what `englishDuration` said; undefined when it was something else. */
export function readEnglishDuration(text: string): Duration | undefined {
  const [, count, unit] = /^([0-9.]+) (minute|hour|day)s?$/.exec(text) ?? [];
  return unit === undefined
    ? undefined
    : { count: Number(count), unit: `${unit as 'minute' | 'hour' | 'day'}s` };
}
