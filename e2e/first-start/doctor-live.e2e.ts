// `doctor --live` against a running server: every door played, what cannot be played said so, and nobody left behind.
import { Code, createRadiusServer } from '@countersign/radius';
import { freeUdpPort } from '@countersign/testkit/peers/ports.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deployVpn, type Vpn } from '../vpn.ts';

interface Check {
  readonly name: string;
  readonly status: string;
  readonly message: string;
  readonly remedy: string;
}

const homeSecret = 'the secret of the home server';

describe('doctor --live', () => {
  let vpn: Vpn;
  /** As Microsoft NPS: answers logins and never Status-Server. */
  const homeServer = createRadiusServer({
    lookupClient: () => ({ secret: Buffer.from(homeSecret), messageAuthenticator: 'require' as const }),
    handle: async () => ({ code: Code.AccessReject, attributes: [] }),
    status: () => undefined,
    now: () => performance.now(),
  });
  beforeAll(async () => {
    vpn = await deployVpn();
    const home = await homeServer.listen({ address: '127.0.0.1', port: 0 });
    await addHomeServer('nps', home.port);
    await addHomeServer('gone', await freeUdpPort());
    await vpn.addGateway({ name: 'own' });
    await vpn.addGateway({ name: 'proxied', options: ['--home-server', 'nps'] });
    await vpn.addGateway({ name: 'lost', options: ['--home-server', 'gone'] });
    const remote = ['--name', 'remote', '--application', vpn.application.id, '--network', '198.51.100.0/24'];
    await vpn.installation.json(['radius-clients', 'create', ...remote]);
  });
  afterAll(async () => {
    await homeServer.stop(0);
    await vpn?.stop();
  });

  const addHomeServer = (name: string, port: number) =>
    vpn.installation.json(
      [
        ...['home-servers', 'create', '--name', name, '--address', '127.0.0.1', '--port', String(port)],
        ...['--timeout-ms', '500', '--tries', '1', '--shared-secret-stdin'],
      ],
      { input: homeSecret },
    );
  const examine = async () => {
    const { code, stdout } = await vpn.installation.countersign(['doctor', '--live', '--json']);
    const { checks } = JSON.parse(stdout) as { checks: readonly Check[] };
    return { code, find: (name: string) => checks.find((check) => check.name === name) };
  };

  test('says of every door whether it opens', async () => {
    const before = await vpn.installation.json<{ items: unknown[] }>(['users', 'list']);
    const { code, find } = await examine();
    expect(find('live: RADIUS client “own”')).toMatchObject({
      status: 'ok',
      message: expect.stringContaining('unknown_user'),
    });
    expect(find('live: RADIUS client “proxied”')).toMatchObject({
      status: 'ok',
      message: expect.stringContaining('first_factor_refused'),
    });
    expect(find('live: RADIUS client “lost”')).toMatchObject({
      status: 'fail',
      message: expect.stringContaining('no home server answered'),
    });
    expect(find('live: RADIUS client “remote”')).toMatchObject({
      status: 'unknown',
      message: expect.stringContaining('no address in 198.51.100.0/24'),
    });
    expect(find('live: home server “nps”')).toMatchObject({ status: 'ok' });
    expect(find('home server “nps”')).toMatchObject({ status: 'warn' });
    expect(find('live: home server “gone”')).toMatchObject({ status: 'warn' });
    expect(find('live: HTTP API')).toMatchObject({ status: 'ok' });
    expect(find('live: devices')).toMatchObject({ status: 'ok' });
    expect(code).toBe(1);
    expect(await vpn.installation.json(['users', 'list'])).toEqual(before);
  });

  test('without a server every door is shut, and it says so', async () => {
    await vpn.server().terminate();
    const { code, find } = await examine();
    expect(code).toBe(1);
    expect(find('live: RADIUS client “own”')).toMatchObject({
      status: 'fail',
      message: 'nothing listens on the RADIUS port',
    });
    expect(find('live: HTTP API')).toMatchObject({ status: 'warn' });
    vpn.restarted(await vpn.installation.start());
  });
});
