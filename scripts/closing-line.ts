// The one line that every test run ends in and that continuous integration reads: `N passed, N failed`.

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Test files that ran, so that a suite which quietly shrank can be told from a small one. */
  readonly files: number;
}

export const noCounts: Counts = { passed: 0, failed: 0, skipped: 0, files: 0 };

export function addCounts(a: Counts, b: Counts): Counts {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
    files: a.files + b.files,
  };
}

export function closingLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
