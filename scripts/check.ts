// `npm run check`: everything that can be known about the repository without running the product.
import { join } from 'node:path';
import { runSteps, type Step, tool } from './run-steps.ts';

const root = join(import.meta.dirname, '..');

const steps: readonly Step[] = [
  { name: 'types (tsc)', command: tool(root, 'tsc'), args: ['--noEmit', '-p', '.'] },
  // In a browser: other libraries than the rest.
  ...['ui', 'authenticator', 'console'].map((name) => ({
    name: `types of ${name} (tsc)`,
    command: tool(root, 'tsc'),
    args: ['--noEmit', '-p', `packages/${name}`],
  })),
  { name: 'lint (oxlint, type-aware)', command: tool(root, 'oxlint'), args: ['--type-aware', '.'] },
  { name: 'format (biome)', command: tool(root, 'biome'), args: ['format', '.'] },
  { name: 'dead code (knip)', command: tool(root, 'knip'), args: ['--no-config-hints', '--no-progress'] },
  { name: 'import arrows', command: process.execPath, args: ['scripts/arrows/main.ts'] },
  { name: 'generated reference', command: process.execPath, args: ['scripts/generate-reference.ts'] },
];

const failed = await runSteps(steps, root);
if (failed.length > 0) console.log(`\nFailed: ${failed.join(', ')}`);
process.exitCode = failed.length > 0 ? 1 : 0;
