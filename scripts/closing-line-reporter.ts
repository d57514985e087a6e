// Counts one vitest run: prints how it ended, or leaves the counts in a file for a script that sums several runs.
import { writeFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';
import { type Counts, describeEnd } from './closing-line.ts';
import { findFailures } from './failures.ts';

/** Where run-vitest.ts wants the counts instead of a line. */
export const countsFileVariable = 'COUNTERSIGN_COUNTS_FILE';

function countModules(modules: readonly TestModule[], unhandled: Parameters<typeof findFailures>[1]): Counts {
  const count = { passed: 0, failed: unhandled.length, skipped: 0, pending: 0 };
  for (const module of modules) {
    const tests = [...module.children.allTests()];
    for (const test of tests) count[test.result().state]++;
    // A file that failed outside its tests (an import, a hook) would otherwise be seen by the exit code only.
    const counted = tests.some((test) => test.result().state === 'failed');
    if (module.state() === 'failed' && !counted) count.failed++;
  }
  return {
    passed: count.passed,
    failed: count.failed,
    skipped: count.skipped + count.pending,
    files: modules.length,
    failures: findFailures(modules, unhandled),
  };
}

export default class ClosingLineReporter implements Reporter {
  onTestRunEnd: NonNullable<Reporter['onTestRunEnd']> = (modules, unhandled) => {
    const counts = countModules(modules, unhandled);
    const file = process.env[countsFileVariable];
    if (file !== undefined) writeFileSync(file, JSON.stringify(counts));
    // The line must be the last one, after the reporters that print their own when the run ends.
    else process.on('exit', () => console.log(describeEnd(counts)));
  };
}
