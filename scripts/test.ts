// `npm test`: real peers first, then unit and store suites, then every deployment scenario, and one closing line.
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { addCounts, describeEnd, failedFor } from './closing-line.ts';
import { ensurePeers } from './install-peers.ts';
import { missingPeersVariable, peers } from './peers.ts';
import { runVitest } from './run-vitest.ts';
import { listScenarios, runScenarios } from './scenarios.ts';

const root = join(import.meta.dirname, '..');
const suites = globSync(['packages/*/src/**/*.test.ts', 'scripts/**/*.test.ts', 'bench/**/*.test.ts'], {
  cwd: root,
}).sort();
const { missing, failures } = ensurePeers(peers);

const units = await runVitest({
  root,
  config: 'vitest.config.ts',
  files: suites,
  env: { [missingPeersVariable]: missing.map(({ name }) => name).join(',') },
});
const scenarios = await runScenarios(root, listScenarios(root), missing);

const ran = addCounts(addCounts(units, scenarios), failedFor(failures));
const nothing = ran.passed === 0 && ran.failed === 0;
const total = nothing ? addCounts(ran, failedFor(['not a single test passed'])) : ran;
console.log(describeEnd(total));
process.exitCode = total.failed > 0 ? 1 : 0;
