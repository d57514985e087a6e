// The databases that a scenario runs on: SQLite always, PostgreSQL where a server is installed.
import { findPostgres, type PostgresPeer, startPostgres } from '@countersign/testkit/peers/postgres.ts';

export interface ScenarioDatabase {
  readonly name: 'SQLite' | 'PostgreSQL';
  readonly here: boolean;
  /** A fresh one: the value of DATABASE_URL, or undefined for SQLite in the data directory. */
  create(): Promise<string | undefined>;
  stop(): Promise<void>;
}

let postgres: Promise<PostgresPeer> | undefined;
let made = 0;

/** The server behind the PostgreSQL databases of this scenario. */
export const postgresServer = (): Promise<PostgresPeer> => (postgres ??= startPostgres({ durable: true }));

export const databases: readonly ScenarioDatabase[] = [
  { name: 'SQLite', here: true, create: async () => undefined, stop: async () => undefined },
  {
    name: 'PostgreSQL',
    here: findPostgres() !== undefined,
    async create() {
      made += 1;
      return (await postgresServer()).createDatabase(`scenario_${made}`);
    },
    async stop() {
      await (await postgres)?.stop();
      postgres = undefined;
    },
  },
];
