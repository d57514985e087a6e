// Run before `npm start` and `npm test`, so that these two commands are all a newcomer needs.
import { join } from 'node:path';
import { buildMissing } from './web-apps.ts';

process.exitCode = buildMissing(join(import.meta.dirname, '..')) ? 0 : 1;
