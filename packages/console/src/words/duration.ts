// How long something takes, in words.
import { durationOf, type Duration } from '@countersign/contract/duration.ts';
import type { Speech } from './words.ts';

const unitWords = {
  minutes: 'unit.minutes',
  hours: 'unit.hours',
  days: 'unit.days',
} as const satisfies Readonly<Record<Duration['unit'], string>>;

/** @param duration itself, or its seconds (more than 0) */
export function sayDuration({ count }: Pick<Speech, 'count'>, duration: number | Duration): string {
  const { count: number, unit } = typeof duration === 'number' ? durationOf(duration) : duration;
  return count(unitWords[unit], number);
}
