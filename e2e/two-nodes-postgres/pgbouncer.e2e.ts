// Between the nodes and PostgreSQL stands a real PgBouncer, pooling by session. By transaction it would have to know about prepared
// statements, as of version 1.21; an older one says that they do not exist (docs/guide/several-nodes.md).
import { hasPgbouncer, type Pgbouncer, startPgbouncer } from '@countersign/testkit/peers/pgbouncer.ts';
import { findPostgres, type PostgresPeer, startPostgres } from '@countersign/testkit/peers/postgres.ts';
import { loginsWithRetries } from '@countersign/testkit/peers/retrying-nas.ts';
import { newInstallation } from '@countersign/testkit/peers/server-process.ts';
import { Code } from '@countersign/radius';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { approveAll, enrolFleet } from '../fleet.ts';
import { deployTwoNodes } from '../nodes.ts';

/** The server sets a time limit for statements when it connects, which PgBouncer refuses unless told. */
const needed = ['ignore_startup_parameters = statement_timeout'];

describe.skipIf(findPostgres() === undefined || !hasPgbouncer())('PgBouncer before the database', () => {
  let postgres: PostgresPeer;
  beforeAll(async () => {
    postgres = await startPostgres({ durable: true });
  });
  afterAll(async () => {
    await postgres?.stop();
  });

  test('pooling by session: two nodes, logins approved', async () => {
    const mode = 'session';
    const databaseUrl = await postgres.createDatabase(`pooled_by_${mode}`);
    // A node has up to 8 connections and one of its own more.
    const pgbouncer = await startPgbouncer(databaseUrl, { mode, poolSize: 20, settings: needed });
    const nodes = await deployTwoNodes(pgbouncer.through(databaseUrl));
    try {
      const gateway = await nodes.addGateway();
      const fleet = await enrolFleet(nodes.vpn, 10, { through: nodes.balancer });
      const phones = approveAll(fleet);
      const results = await loginsWithRetries(
        [nodes.a.target(gateway), nodes.b.target(gateway)],
        fleet.map(({ user }, index) => ({ ...user, session: `${mode}-${index}`, from: `10.7.0.${index}` })),
        { timeoutMs: 2000, tries: 10, patienceMs: 30_000, everyMs: 20 },
      );
      await phones.stop();
      expect(results.map(({ code }) => code)).toEqual(fleet.map(() => Code.AccessAccept));
      expect(await nodes.vpn.installation.json(['audit', 'verify'])).toMatchObject({ kind: 'intact' });
      for (const node of [nodes.a, nodes.b])
        expect(node.server?.output()).not.toMatch(/"level":"(error|fatal)"/);
    } finally {
      await nodes.stop();
      await pgbouncer.stop();
    }
  });

  test('a PgBouncer that was not told of the time limit is refused with its own words', async () => {
    const databaseUrl = await postgres.createDatabase('pooled_untold');
    const pgbouncer: Pgbouncer = await startPgbouncer(databaseUrl, { mode: 'session' });
    const installation = await newInstallation({ databaseUrl: pgbouncer.through(databaseUrl) });
    try {
      const { code, stdout, stderr } = await installation.tryToStart();
      expect(code).not.toBe(0);
      expect(stdout + stderr).toContain('unsupported startup parameter: statement_timeout');
    } finally {
      installation.remove();
      await pgbouncer.stop();
    }
  });
});
