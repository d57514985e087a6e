// Looks straight into the database of an installation, past the product: what is really on the disk.
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { runProgram } from '@countersign/testkit/peers/child-process.ts';
import { findPostgres } from '@countersign/testkit/peers/postgres.ts';

export interface Stored {
  /** The value of DATABASE_URL; undefined for SQLite. */
  readonly databaseUrl: string | undefined;
  readonly dataDirectory: string;
}

/** Rows of one SELECT that both databases read alike. */
export async function query<Row>({ databaseUrl, dataDirectory }: Stored, select: string): Promise<Row[]> {
  if (databaseUrl === undefined) {
    const database = new DatabaseSync(join(dataDirectory, 'countersign.db'), { readOnly: true });
    try {
      return database.prepare(select).all() as Row[];
    } finally {
      database.close();
    }
  }
  const text = await psql(databaseUrl, `select coalesce(json_agg(t), '[]') from (${select}) t`);
  return JSON.parse(text) as Row[];
}

/** What `psql` prints for one command, bare. @throws Error with what it complained about */
export async function psql(databaseUrl: string, command: string): Promise<string> {
  const program = join(findPostgres() ?? '', 'psql');
  const { code, stdout, stderr } = await runProgram([
    ...([program, '-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1'] as const),
    ...['-c', command, databaseUrl],
  ]);
  if (code !== 0) throw new Error(`psql ended with ${code}: ${stderr}`);
  return stdout.trim();
}
