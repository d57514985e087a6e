// What many measured times say together, robust on a machine that is busy with something else.

const sorted = (times: readonly number[]): readonly number[] => times.toSorted((a, b) => a - b);

export const median = (times: readonly number[]): number => sorted(times)[times.length >> 1] ?? 0;

/** The time within which that share of all lies. @param share such as 0.99 */
export const quantile = (times: readonly number[], share: number): number =>
  sorted(times)[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;

/** In how many of all pairs the first is the slower one (Mann and Whitney's U over its largest): 0.5 where nothing tells them apart. */
export function shareSlower(first: readonly number[], second: readonly number[]): number {
  const halves = first.flatMap((a) => second.map((b) => (a > b ? 2 : a === b ? 1 : 0)));
  return halves.reduce<number>((sum, half) => sum + half, 0) / (2 * halves.length);
}
