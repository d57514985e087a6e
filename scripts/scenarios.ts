// The deployment scenarios: which folders of e2e/ there are, and how a choice of them is run.
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { testScale } from '@countersign/testkit/scale.ts';
import { addCounts, type Counts, noCounts } from './closing-line.ts';
import { type Peer, peersOfScenario } from './peers.ts';
import { runVitest } from './run-vitest.ts';

/** These fill the machine by themselves, on purpose: nothing runs beside them. */
const alone: ReadonlySet<string> = new Set(['flood', 'kill-nine', 'lossy-network', 'two-nodes-postgres']);

/** Minutes of processor time before they begin: left out unless COUNTERSIGN_TEST_SCALE is above 1. */
const filesOfLongRuns: ReadonlySet<string> = new Set(['e2e/scep/step-ca.e2e.ts']);

function scenarioFiles(root: string): readonly string[] {
  const found = globSync('e2e/*/**/*.e2e.ts', {
    cwd: root,
    exclude: (path) => path.includes('node_modules'),
  });
  return found.map((path) => path.replaceAll('\\', '/')).sort();
}

function scenarioOf(file: string): string {
  return file.split('/')[1] ?? '';
}

export function listScenarios(root: string): readonly string[] {
  return [...new Set(scenarioFiles(root).map(scenarioOf))];
}

/** Runs the named scenarios; one whose peer is missing counts as skipped (it has been named already). */
export async function runScenarios(
  root: string,
  names: readonly string[],
  missing: readonly Peer[],
): Promise<Counts> {
  const lacking = (name: string): boolean => peersOfScenario(name).some((peer) => missing.includes(peer));
  const runnable = new Set(names.filter((name) => !lacking(name)));
  const found = scenarioFiles(root).filter((file) => runnable.has(scenarioOf(file)));
  const files = found.filter((file) => testScale() > 1 || !filesOfLongRuns.has(file));
  for (const file of found.filter((each) => !files.includes(each)))
    console.log(
      `left out: ${file}, which takes minutes; run it with: COUNTERSIGN_TEST_SCALE=2 npm run e2e -- ${scenarioOf(file)}`,
    );
  const config = join('e2e', 'vitest.config.ts');
  const isAlone = (file: string): boolean => alone.has(scenarioOf(file));
  // They wait more than they compute: for browsers, expiries and peers.
  const workers = Math.min(3, availableParallelism() + 1);
  const sideBySide = await runVitest({
    root,
    config,
    files: files.filter((file) => !isAlone(file)),
    workers,
  });
  const oneByOne = await runVitest({ root, config, files: files.filter(isAlone), workers: 1 });
  const skipped = { ...noCounts, skipped: names.length - runnable.size };
  return addCounts(addCounts(sideBySide, oneByOne), skipped);
}
