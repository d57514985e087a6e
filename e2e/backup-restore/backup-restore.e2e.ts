// A backup made under load, and life after restoring it: from each database into each.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { papLogin, radclient } from '@countersign/testkit/peers/radclient.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases, type ScenarioDatabase } from '../databases.ts';
import { deployVpn, type Gateway, requestOn, type Vpn, type VpnUser } from '../vpn.ts';

type Phone = Awaited<ReturnType<Vpn['addPhone']>>;

afterAll(() => Promise.all(databases.map((database) => database.stop())));

describe.each(databases.filter(({ here }) => here))('a backup from $name', (database: ScenarioDatabase) => {
  let vpn: Vpn;
  let gateway: Gateway;
  let user: VpnUser;
  let phone: Phone;
  let folder: string;
  let file: string;
  let token: string;
  let ends: readonly string[];
  let waiting: string;
  const usedBefore: string[] = [];

  const login = (who: VpnUser) => radclient(gateway, papLogin(who.username, who.password));
  async function approve(who: VpnUser, by: Phone): Promise<string> {
    const answer = login(who);
    const request = await requestOn(by);
    await by.answer(request, { decision: 'approve' });
    expect((await answer).code).toBe('Access-Accept');
    return request.content.request_id;
  }
  const call = (path: string) =>
    fetch(`${vpn.installation.url}${path}`, { headers: { authorization: `Bearer ${token}` } });

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'countersign-restore-'));
    file = join(folder, 'backup.csb');
    vpn = await deployVpn({ databaseUrl: await database.create() });
    gateway = await vpn.addGateway();
    ({ user, phone } = await vpn.addUserWithPhone());
    const client = await vpn.installation.json<{ id: string; client_secret: string }>([
      ...['api-clients', 'create', '--name', 'reader', '--scope', 'users'],
    ]);
    const response = await fetch(`${vpn.installation.url}/v1/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${client.id}:${client.client_secret}`)}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    token = ((await response.json()) as { access_token: string }).access_token;
    expect((await call('/v1/users')).status).toBe(200);
  });
  afterAll(async () => {
    await vpn?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('is made while logins go on, and holds what was acknowledged before it began', async () => {
    const other = await vpn.addUserWithPhone();
    let stop = false;
    const load = (async () => {
      while (!stop) await approve(other.user, other.phone);
    })();
    usedBefore.push(await approve(user, phone), await approve(user, phone));
    const unanswered = radclient(gateway, papLogin(user.username, user.password), { timeoutSeconds: 2 });
    waiting = (await requestOn(phone)).content.request_id;
    const made = await vpn.installation.json<{ ends: string[] }>(['backup', file]);
    stop = true;
    await load;
    await unanswered;
    ({ ends } = made);
    expect(ends.length).toBeGreaterThan(0);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await vpn.installation.countersign(['backup', 'verify', file])).toMatchObject({ code: 0 });
    // After the backup: this one will be gone.
    const [request] = await phone.pending();
    if (request) await phone.answer(request, { decision: 'approve' });
    await approve(user, phone);
  });

  test('is refused by a database that is in use', async () => {
    const { code, stderr } = await vpn.installation.countersign(['restore', file]);
    expect(code).not.toBe(0);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(/already running|not empty/);
  });

  test.each(databases.filter(({ here }) => here))(
    'is restored into $name, and life goes on',
    async (target) => {
      const databaseUrl = await target.create();
      const env = {
        DATABASE_URL: databaseUrl,
        COUNTERSIGN_DATA_DIR: join(folder, `into-${target.name}`),
        COUNTERSIGN_MASTER_KEY_FILE: join(vpn.installation.dataDirectory, 'master.key'),
      };
      const run = (args: readonly string[]) => vpn.installation.countersign(args, { env });
      await vpn.server().terminate();
      const restored = await run(['restore', file]);
      expect(restored).toMatchObject({ code: 0, stderr: '' });
      expect(restored.stdout).toContain('The audit trail is intact');
      expect((await run(['audit', 'verify', ...ends.flatMap((end) => ['--expect', end])])).code).toBe(0);

      vpn.restarted(await vpn.installation.start(env));
      const show = async (id: string) =>
        vpn.installation.json<{ status: string }>(['activity', 'show', id], { env });
      for (const id of usedBefore) expect((await show(id)).status).toBe('approved');
      expect((await show(waiting)).status).toBe('cancelled');
      expect(await phone.pending()).toEqual([]);
      expect((await call('/v1/users')).status).toBe(401);
      await approve(user, phone);
      expect((await run(['audit', 'verify'])).code).toBe(0);
      const again = await run(['restore', file]);
      expect(again.code).not.toBe(0);
    },
  );
});
