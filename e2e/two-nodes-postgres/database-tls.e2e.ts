// A managed PostgreSQL is reached over TLS, and its certificate is checked against the CA that the provider publishes.
import { chownSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '@countersign/testkit/peers/child-process.ts';
import { findPostgres, type PostgresPeer, startPostgres } from '@countersign/testkit/peers/postgres.ts';
import { newInstallation } from '@countersign/testkit/peers/server-process.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

describe.skipIf(findPostgres() === undefined)('PostgreSQL over TLS', () => {
  let postgres: PostgresPeer;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'countersign-database-tls-'));
    await makeCertificates(folder);
    postgres = await startPostgres();
    const data = await postgres.query('postgres', 'show data_directory');
    const owner = statSync(data);
    for (const name of ['server.key', 'server.crt']) {
      writeFileSync(join(data, name), readFileSync(join(folder, name)), { mode: 0o600 });
      chownSync(join(data, name), owner.uid, owner.gid);
    }
    await postgres.query('postgres', 'alter system set ssl = on');
    await postgres.shutDown();
    await postgres.start();
  });
  afterAll(async () => {
    await postgres?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const through = async (database: string, ca: string) => {
    const url = new URL(await postgres.createDatabase(database));
    url.searchParams.set('sslmode', 'verify-full');
    url.searchParams.set('sslrootcert', join(folder, ca));
    return newInstallation({ databaseUrl: url.href });
  };

  test('with the CA of the server: every connection is encrypted', async () => {
    const installation = await through('right_ca', 'ca.crt');
    const server = await installation.start();
    const plain = `select count(*) from pg_stat_activity join pg_stat_ssl using (pid) where datname = 'right_ca'`;
    expect(Number(await postgres.query('postgres', `${plain} and ssl`))).toBeGreaterThan(0);
    expect(await postgres.query('postgres', `${plain} and not ssl`)).toBe('0');
    expect(await server.terminate()).toBe(0);
    installation.remove();
  });

  test('with another CA it does not start, and says why', async () => {
    const installation = await through('wrong_ca', 'other.crt');
    const { code, stdout, stderr } = await installation.tryToStart();
    expect(code).not.toBe(0);
    expect(stdout + stderr).toMatch(/certificate/i);
    installation.remove();
  });
});

async function makeCertificates(folder: string): Promise<void> {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  const openssl = async (name: string, ...more: readonly string[]): Promise<void> => {
    const made = ['-keyout', `${name}.key`, '-out', `${name}.crt`, '-subj', `/CN=${name}`];
    const { code, stderr } = await runProgram(['openssl', 'req', '-x509', ...key, ...made, ...more], {
      cwd: folder,
    });
    if (code !== 0) throw new Error(stderr);
  };
  await openssl('ca');
  await openssl('other');
  await openssl(
    ...(['server', '-CA', 'ca.crt', '-CAkey', 'ca.key'] as const),
    ...['-addext', 'subjectAltName=IP:127.0.0.1', '-addext', 'basicConstraints=critical,CA:FALSE'],
  );
}
