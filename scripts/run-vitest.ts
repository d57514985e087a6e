// Runs vitest once and returns its counts. Whatever goes wrong on the way counts as a failure: no silent success.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addCounts, type Counts, failedFor, noCounts } from './closing-line.ts';
import { countsFileVariable } from './closing-line-reporter.ts';

export interface VitestRun {
  readonly root: string;
  readonly config: string;
  /** The files that must run, from the root; none means that there is nothing to run. */
  readonly files: readonly string[];
  /** How many files run at the same time, each in a process of its own; the configuration's number when left out. */
  readonly workers?: number;
  readonly env?: Readonly<Record<string, string>>;
}

function isCounts(value: unknown): value is Counts {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Partial<Record<keyof Counts, unknown>>;
  const numbers = [fields.passed, fields.failed, fields.skipped, fields.files];
  return numbers.every((n) => typeof n === 'number') && Array.isArray(fields.failures);
}

function readCounts(file: string): Counts | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isCounts(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function runToEnd(run: VitestRun, countsFile: string): Promise<number> {
  const vitest = join(run.root, 'node_modules/vitest/vitest.mjs');
  // The files are named one by one: the configuration's own patterns cannot drift away from what we expect.
  const workers = run.workers === undefined ? [] : [`--maxWorkers=${run.workers}`];
  const args = [vitest, 'run', '--config', run.config, ...workers, ...run.files];
  const env = { ...process.env, ...run.env, [countsFileVariable]: countsFile };
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: run.root, env, stdio: 'inherit' });
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}

/** What the counts leave unsaid, as sentences; each of them is one more failure. */
function findSilence(run: VitestRun, counts: Counts | undefined, code: number): readonly string[] {
  if (counts === undefined) return [`vitest ended with code ${code} and without counts (${run.config})`];
  const silence: string[] = [];
  if (counts.files < run.files.length) {
    silence.push(`${run.files.length} test files should have run with ${run.config}, ${counts.files} did`);
  }
  if (counts.passed + counts.failed + counts.skipped === 0) silence.push(`no test ran with ${run.config}`);
  if (code !== 0 && counts.failed === 0) silence.push(`vitest ended with code ${code} though no test failed`);
  return silence;
}

export async function runVitest(run: VitestRun): Promise<Counts> {
  if (run.files.length === 0) return noCounts;
  const folder = mkdtempSync(join(tmpdir(), 'countersign-counts-'));
  try {
    const countsFile = join(folder, 'counts.json');
    const code = await runToEnd(run, countsFile);
    const counts = readCounts(countsFile);
    return addCounts(counts ?? noCounts, failedFor(findSilence(run, counts, code)));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
