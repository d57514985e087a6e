// Times of many replies in constant memory: buckets that are at most 1.6 % wide, so p99 costs no list of all values.

/** 64 buckets for each doubling of microseconds; 2^30 µs is 18 minutes. */
const perDoubling = 64;
const doublings = 30;

export interface Histogram {
  /** @param ms a duration in milliseconds */
  add(ms: number): void;
  readonly count: number;
  /** The value below which this share (0 to 1) of all lies, in milliseconds; NaN when there is none. */
  quantile(share: number): number;
}

export function createHistogram(): Histogram {
  const buckets = new Uint32Array(perDoubling * doublings);
  let count = 0;
  return {
    add(ms) {
      const bucket = Math.floor(Math.log2(Math.max(ms * 1000, 1)) * perDoubling);
      const index = Math.min(bucket, buckets.length - 1);
      buckets[index] = (buckets[index] ?? 0) + 1;
      count += 1;
    },
    get count() {
      return count;
    },
    quantile(share) {
      let left = Math.ceil(share * count);
      for (const [index, filled] of buckets.entries()) {
        left -= filled;
        if (left <= 0 && filled > 0) return 2 ** ((index + 0.5) / perDoubling) / 1000;
      }
      return Number.NaN;
    },
  };
}
