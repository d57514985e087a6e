#!/usr/bin/env node
// The command line: arguments to a command, nothing else.
import { startServer } from '#app';
import { processIo } from '#cli/io.ts';
import { runCli } from '#cli/run.ts';

// Whatever is written from here on is for this account alone.
process.umask(0o077);
process.exitCode = await runCli(process.argv.slice(2), processIo(), startServer);
