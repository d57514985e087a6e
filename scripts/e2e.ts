// `npm run e2e -- NAME …`: the named deployment scenarios alone. Without a name it lists them.
import { join } from 'node:path';
import { addCounts, describeEnd, failedFor } from './closing-line.ts';
import { ensurePeers } from './install-peers.ts';
import { peers } from './peers.ts';
import { listScenarios, runScenarios } from './scenarios.ts';

const root = join(import.meta.dirname, '..');
const known = listScenarios(root);

function printScenarios(): void {
  if (known.length === 0) console.log('There are no scenarios yet.');
  for (const name of known) console.log(`  npm run e2e -- ${name}`);
}

async function run(names: readonly string[]): Promise<number> {
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    console.error(`There is no scenario named ${unknown.join(', ')}. These exist:`);
    printScenarios();
    return 2;
  }
  const wanted = peers.filter(({ scenarios }) => scenarios.some((scenario) => names.includes(scenario)));
  const { missing, failures } = ensurePeers(wanted);
  const ran = await runScenarios(root, names, missing);
  const total = addCounts(ran, failedFor(failures));
  console.log(describeEnd(total));
  return total.failed > 0 ? 1 : 0;
}

const names = [...new Set(process.argv.slice(2))];
if (names.length === 0) printScenarios();
else process.exitCode = await run(names);
