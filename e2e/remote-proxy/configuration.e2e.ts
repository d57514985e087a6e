// What an administrator sees when something is wrong: the message of the status, the log, or why it does not start.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from '@countersign/testkit/peers/child-process.ts';
import { requireProgram } from '@countersign/testkit/peers/find-program.ts';
import { type FreeradiusPeer, startFreeradius } from '@countersign/testkit/peers/freeradius.ts';
import { homePasswords } from '@countersign/testkit/peers/freeradius-configuration.ts';
import { freePort } from '@countersign/testkit/peers/ports.ts';
import { papLogin, radclient } from '@countersign/testkit/peers/radclient.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deployVpn, type Vpn } from '../vpn.ts';
import { type Link, openLink } from './link.ts';
import { newApiClient, newSite, type Site, type SiteProxy } from './site.ts';

describe('a site that is not set up rightly', () => {
  let home: FreeradiusPeer;
  let vpn: Vpn;
  let site: Site;
  let tls: Link;
  let proxy: SiteProxy | undefined;
  beforeAll(async () => {
    [home, vpn] = await Promise.all([startFreeradius(), deployVpn()]);
    const client = await newApiClient(vpn, 'branch');
    site = await newSite(vpn, home, { client, serverUrl: vpn.installation.url });
    const [key, cert] = [join(site.directory, 'tls.key'), join(site.directory, 'tls.pem')];
    const made = await runProgram([
      requireProgram('openssl', 'openssl'),
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'],
      ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', cert],
    ]);
    if (made.code !== 0) throw new Error(made.stderr);
    tls = await openLink(
      { port: vpn.installation.httpPort },
      { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') },
    );
  });
  afterAll(async () => {
    proxy?.kill('SIGKILL');
    await tls?.close();
    await vpn?.stop();
    await home?.stop();
    site?.remove();
  });

  /** Starts it, logs in once in vain, and stops it. */
  const seeHow = async (env: Readonly<Record<string, string | undefined>>) => {
    proxy = await site.start(env);
    const { status, message } = await proxy.status();
    const { code } = await radclient(site.nas, papLogin('alice', homePasswords.alice));
    proxy.kill('SIGTERM');
    const exit = await proxy.ended;
    return { status, message, code, exit, errors: proxy.stderr() };
  };
  const refused = { code: 'Access-Reject', exit: 0 };

  test('wrong credentials', async () => {
    const seen = await seeHow({ COUNTERSIGN_CLIENT_SECRET: 'css_wrong' });
    expect(seen).toMatchObject({ ...refused, status: 'credentials' });
    expect(seen.message).toBe('Service Status: error (the server refused the credentials: invalid_client)');
    expect(seen.errors).toContain(seen.message);
    expect(seen.errors).not.toContain('css_wrong');
  });

  test('an API client without the scopes', async () => {
    const weak = await vpn.installation.json<{ id: string; client_secret: string }>([
      ...['api-clients', 'create', '--name', 'weak', '--scope', 'auth_requests'],
    ]);
    const seen = await seeHow({
      COUNTERSIGN_CLIENT_ID: weak.id,
      COUNTERSIGN_CLIENT_SECRET: weak.client_secret,
    });
    expect(seen).toMatchObject({ ...refused, status: 'credentials' });
  });

  test('an application that does not exist', async () => {
    const seen = await seeHow({ COUNTERSIGN_APPLICATION: '01234567-89ab-4def-8123-456789abcdef' });
    expect(seen).toMatchObject({ ...refused, status: 'application' });
    expect(seen.message).toMatch(/^Service Status: error \(the application cannot be used/);
  });

  test('a URL where nobody listens, and one where somebody else does', async () => {
    const nobody = await seeHow({ COUNTERSIGN_SERVER_URL: `http://localhost:${await freePort()}` });
    expect(nobody).toMatchObject({ ...refused, status: 'unreachable' });
    expect(nobody.message).toBe(
      'Service Status: service can not connect to API. Check network connectivity and API parameters.',
    );
    const other = await seeHow({ COUNTERSIGN_SERVER_URL: `${vpn.installation.url}/elsewhere` });
    expect(other).toMatchObject({ ...refused, status: 'foreign' });
  });

  test('a certificate is checked: refused from an unknown authority and for another name, taken from one that was given', async () => {
    const url = `https://localhost:${tls.port}`;
    const unknown = await seeHow({ COUNTERSIGN_SERVER_URL: url });
    expect(unknown).toMatchObject({ ...refused, status: 'untrusted' });
    expect(unknown.message).toMatch(/^Service Status: error \(the server’s certificate is not trusted: /);
    const ca = { COUNTERSIGN_SERVER_CA_FILE: join(site.directory, 'tls.pem') };
    const misnamed = await seeHow({ ...ca, COUNTERSIGN_SERVER_URL: `https://127.0.0.1:${tls.port}` });
    expect(misnamed).toMatchObject({ ...refused, status: 'untrusted' });
    proxy = await site.start({ ...ca, COUNTERSIGN_SERVER_URL: url });
    expect(await proxy.status()).toMatchObject({ status: 'ok' });
    proxy.kill('SIGTERM');
    expect(await proxy.ended).toBe(0);
  });

  test.each([
    [{ COUNTERSIGN_SERVER_URL: 'http://mfa.example.com' }, 'must begin with https://'],
    [{ COUNTERSIGN_DATA_DIR: '/nowhere' }, 'COUNTERSIGN_DATA_DIR is no variable'],
    [
      {
        COUNTERSIGN_RADIUS_CLIENT_2_NAME: 'second',
        COUNTERSIGN_RADIUS_CLIENT_2_NETWORK: '192.0.2.1',
        COUNTERSIGN_RADIUS_CLIENT_2_SHARED_SECRET: 'short',
      },
      'SHARED_SECRET: must have at least 16 characters',
    ],
    [{ COUNTERSIGN_SERVER_CA_FILE: '/nowhere.pem' }, 'cannot be read'],
    [{ COUNTERSIGN_ERROR_LOG: '/nowhere/error.log' }, 'cannot be opened'],
  ])('%o: one sentence and exit code 3', async (env, words) => {
    const { code, stderr, stdout } = await site.run([], env);
    expect(stderr).toContain(words);
    expect(stderr).toMatch(/^countersign: [^\n]+\n$/);
    expect([code, stdout]).toEqual([3, '']);
  });

  test('without any home server it says that one is needed', async () => {
    const homeless = Object.fromEntries(
      Object.keys(site.env).flatMap((name) => (name.includes('HOME_SERVER') ? [[name, undefined]] : [])),
    );
    const { code, stderr } = await site.run(['--server', vpn.installation.url], homeless);
    expect(stderr).toMatch(/^countersign: A home server is needed: [^\n]+\n$/);
    expect(code).toBe(3);
  });
});
