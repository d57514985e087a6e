// The PostgreSQL peer: what was written is there again after it was shut down and started.
import { expect, test } from 'vitest';
import { findPostgres, startPostgres } from './postgres.ts';

test.skipIf(findPostgres() === undefined)(
  'a PostgreSQL that was shut down comes back with its data',
  async () => {
    const postgres = await startPostgres();
    try {
      await postgres.createDatabase('kept');
      await postgres.query('kept', 'create table t as select 42 as n');
      await postgres.shutDown();
      await expect(postgres.query('kept', 'select n from t')).rejects.toThrow();
      await postgres.start();
      expect(await postgres.query('kept', 'select n from t')).toBe('42');
    } finally {
      await postgres.stop();
    }
  },
);
