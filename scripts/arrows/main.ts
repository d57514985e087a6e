// Command of the arrow check: prints every forbidden import and exits non-zero when there is one.
import { resolve } from 'node:path';
import { checkArrows, formatFinding } from './check-arrows.ts';

const root = resolve(process.argv[2] ?? `${import.meta.dirname}/../..`);
const { files, findings } = checkArrows(root);
for (const finding of findings) console.error(formatFinding(finding));
console.log(`${files} files, ${findings.length} forbidden imports`);
// A check that looked at nothing has shown nothing.
process.exitCode = findings.length > 0 || files === 0 ? 1 : 0;
