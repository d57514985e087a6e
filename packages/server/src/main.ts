#!/usr/bin/env -S node --max-semi-space-size=8
// The command line: arguments to a command, nothing else. The size in the first line is that of `npm start`: a server's young objects are
// requests, few at a time, and four times the room for them would make it larger, and 5 % faster.
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

// Whatever is written from here on is for this account alone.
process.umask(0o077);
// What Node made of our files is kept beside the packages, readable by this account alone: the command line starts in half the time.
// Where that cannot be written (a service account, systemd's sandbox) Node goes on without. Only what is imported later is kept.
enableCompileCache(join(import.meta.dirname, '../../../node_modules/.cache/countersign'));
const { startServer } = await import('#app');
const { processIo } = await import('#cli/io.ts');
const { runCli } = await import('#cli/run.ts');

process.exitCode = await runCli(process.argv.slice(2), processIo(), startServer);
