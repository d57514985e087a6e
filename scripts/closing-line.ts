// How every test run ends: what failed, once more and by name, then the one line that continuous integration reads:
// `N passed, N failed`. In a log of thousands of lines nobody finds the one test that failed otherwise.
import type { Failure } from './failures.ts';

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Test files that ran, so that a suite which quietly shrank can be told from a small one. */
  readonly files: number;
  /** What failed; a file may add more than it counts for (a test and a hook). */
  readonly failures: readonly Failure[];
}

export const noCounts: Counts = { passed: 0, failed: 0, skipped: 0, files: 0, failures: [] };

/** Named failures that no suite counted, one for each sentence. */
export function failedFor(sentences: readonly string[]): Counts {
  const failures = sentences.map((title) => ({ title, lines: [] }));
  return { ...noCounts, failed: failures.length, failures };
}

export function addCounts(a: Counts, b: Counts): Counts {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
    files: a.files + b.files,
    failures: [...a.failures, ...b.failures],
  };
}

/** Beyond this many something general is broken, and the first ones say what. */
const maxFailures = 40;

/** The end of a run: every failure's name and first lines, bounded, and the closing line. */
export function describeEnd({ passed, failed, skipped, failures }: Counts): string {
  const told = failures.slice(0, maxFailures).flatMap(({ title, lines }) => [
    `failed: ${title}`,
    // Indented, so that no message can look like the closing line.
    ...lines.map((line) => `    ${line}`),
  ]);
  const more = failures.length - maxFailures;
  if (more > 0) told.push(`failed: and ${more} more`);
  const line = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
  return [...(told.length > 0 ? ['', ...told, ''] : []), line].join('\n');
}
