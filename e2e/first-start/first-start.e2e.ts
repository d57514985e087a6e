// The first minutes: what the first start makes, the setup link, a second start, going down in order, and a power cut.
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from '@countersign/testkit/peers/child-process.ts';
import { openNas } from '@countersign/testkit/peers/nas.ts';
import { papLogin, radclient } from '@countersign/testkit/peers/radclient.ts';
import {
  newInstallation,
  type ServerInstallation,
  type ServerProcess,
} from '@countersign/testkit/peers/server-process.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../databases.ts';
import { deployVpn, requestOn, type Vpn } from '../vpn.ts';

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);
const curl = async (...args: readonly string[]) => runProgram(['curl', '--silent', '--show-error', ...args]);

describe.each(databases)('a fresh installation with $name', (database) => {
  if (!database.here) {
    test.skip(`${database.name} is not installed`);
    return;
  }

  describe('first start', () => {
    let installation: ServerInstallation;
    let server: ServerProcess;
    beforeAll(async () => {
      installation = await newInstallation({ databaseUrl: await database.create() });
      server = await installation.start();
      // It answers a moment before it has said everything.
      await server.until('it told the link', () => setupLinks(server.output()).length > 0 || undefined);
    });
    afterAll(async () => {
      await server?.terminate();
      installation?.remove();
      await database.stop();
    });
    const path = (name: string) => join(installation.dataDirectory, name);
    const setupLinks = (text: string) =>
      text.match(/http\S+\/console\/#\/setup\/csu_[A-Za-z0-9_-]{43}/g) ?? [];

    test('makes a directory, a database and a key that nobody else may read', () => {
      expect(modeOf(installation.dataDirectory)).toBe('700');
      expect(modeOf(path('master.key'))).toBe('600');
      for (const name of readdirSync(installation.dataDirectory))
        expect([name, modeOf(path(name))]).toEqual([name, '600']);
      const sqlite = database.name === 'SQLite';
      expect(readdirSync(installation.dataDirectory).includes('countersign.db')).toBe(sqlite);
    });

    test('says where it listens, and what to do next', () => {
      const said = server.output();
      expect(said).toContain(`127.0.0.1:${installation.httpPort}`);
      expect(said).toContain(`127.0.0.1:${installation.radiusPort}`);
      expect(setupLinks(said)).toHaveLength(1);
    });

    test('the setup link makes an owner once, who is signed in: with nothing but curl', async () => {
      const [link = ''] = setupLinks(server.output());
      const token = link.split('#/setup/')[1] ?? '';
      const password = 'lantern orchid violin';
      const cookies = join(installation.dataDirectory, 'cookies');
      const submit = (username: string) =>
        curl(
          ...['--cookie-jar', cookies, '-H', 'Content-Type: application/json'],
          ...['-d', JSON.stringify({ token, username, password }), `${installation.url}/v1/setup`],
        );
      expect(JSON.parse((await submit('ann')).stdout)).toMatchObject({
        administrator: { username: 'ann', role: 'owner' },
        must_enrol: false,
      });
      const listed = await curl('--cookie', cookies, `${installation.url}/v1/applications`);
      expect(JSON.parse(listed.stdout)).toEqual({ items: [], next_cursor: null });
      expect(JSON.parse((await submit('mallory')).stdout)).toMatchObject({ code: 'setup_link_invalid' });
      const session = /cse_[A-Za-z0-9_-]{43}/.exec(readFileSync(cookies, 'utf8'))?.[0] ?? 'no session';
      rmSync(cookies);
      for (const secret of [token, password, session]) expect(server.stdout()).not.toContain(secret);
    });

    test('there is no way in without a link or a secret', async () => {
      for (const path of ['/v1/applications', '/v1/users', '/v1/audit-events'])
        expect((await fetch(`${installation.url}${path}`)).status).toBe(401);
      const guess = new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: 'admin',
        client_secret: 'admin',
      });
      const token = await fetch(`${installation.url}/v1/oauth/token`, { method: 'POST', body: guess });
      expect(token.status).toBe(401);
      const signIn = await fetch(`${installation.url}/v1/session/password`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ username: 'admin', password: 'admin' }),
      });
      expect(signIn.status).toBe(401);
    });

    test('a second start changes nothing and prints no link', async () => {
      const key = readFileSync(path('master.key'));
      const certificate = await (await fetch(`${installation.url}/v1/ca/certificate`)).text();
      expect(await server.terminate()).toBe(0);
      server = await installation.start();
      expect(readFileSync(path('master.key'))).toEqual(key);
      expect(await (await fetch(`${installation.url}/v1/ca/certificate`)).text()).toBe(certificate);
      expect(setupLinks(server.output())).toEqual([]);
      const owners = await installation.json<{ items: unknown[] }>(['administrators', 'list']);
      expect(owners.items).toHaveLength(1);
      expect(await installation.countersign(['audit', 'verify'])).toMatchObject({ code: 0 });
    });
  });

  describe('going down', () => {
    let vpn: Vpn;
    beforeAll(async () => {
      vpn = await deployVpn({ databaseUrl: await database.create() });
    });
    afterAll(async () => {
      await vpn?.stop();
      await database.stop();
    });

    test('SIGTERM lets a pending login be approved and takes no new one', async () => {
      const gateway = await vpn.addGateway();
      const { user, phone } = await vpn.addUserWithPhone();
      const login = radclient(gateway, papLogin(user.username, user.password));
      const request = await requestOn(phone);
      vpn.server().askToStop();
      await vpn
        .server()
        .until('it says that it stops', () => /stopping/i.test(vpn.server().output()) || undefined);
      const nas = await openNas(gateway);
      const late = nas.prepare({ username: user.username, password: user.password });
      expect(await nas.exchange(late, 500)).toBeUndefined();
      await nas.close();
      await phone.answer(request, { decision: 'approve' });
      expect((await login).code).toBe('Access-Accept');
      expect(await vpn.server().ended).toBe(0);
      vpn.restarted(await vpn.installation.start());
      expect(await vpn.activity(request.content.request_id)).toMatchObject({ status: 'approved' });
    });

    test('after a power cut it starts again, the pending login can still be answered, and the audit trail is whole', async () => {
      const gateway = await vpn.addGateway();
      const { user, phone } = await vpn.addUserWithPhone();
      const abort = new AbortController();
      const lost = radclient(gateway, papLogin(user.username, user.password), { signal: abort.signal });
      const request = await requestOn(phone);
      await vpn.server().kill();
      abort.abort();
      expect((await lost).code).toBe('no reply');
      vpn.restarted(await vpn.installation.start());
      expect(await phone.answer(await requestOn(phone), { decision: 'approve' })).toEqual({
        status: 'approved',
      });
      expect(await vpn.activity(request.content.request_id)).toMatchObject({ status: 'approved' });
      expect(await vpn.installation.countersign(['audit', 'verify'])).toMatchObject({ code: 0 });
      const again = radclient(gateway, papLogin(user.username, user.password));
      await phone.answer(await requestOn(phone), { decision: 'approve' });
      expect((await again).code).toBe('Access-Accept');
    });
  });
});
