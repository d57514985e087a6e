#!/usr/bin/env -S MALLOC_ARENA_MAX=1 node --max-semi-space-size=8
// The command line: arguments to a command, nothing else. The first line, like `npm start`, keeps a server small: what it works on at a
// time are a few requests, which need no 32 MiB for young objects, and its threads need no 5 MiB each for what they allocate now and then.
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
