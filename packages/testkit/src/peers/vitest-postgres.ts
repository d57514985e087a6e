// Vitest's global set-up: one PostgreSQL server for the whole run, whose URL the store suites find in the environment.
// Without an installed server they are skipped by name, except under CI=true, where that is a failure.
import { findPostgres, type PostgresPeer, startPostgres } from './postgres.ts';

let peer: PostgresPeer | undefined;

export async function setup(): Promise<void> {
  if (findPostgres() === undefined) {
    if (process.env.CI === 'true')
      throw new Error('PostgreSQL is missing: install the Debian package postgresql');
    return;
  }
  peer = await startPostgres();
  process.env.TEST_POSTGRES_URL = peer.url;
}

export async function teardown(): Promise<void> {
  await peer?.stop();
}
