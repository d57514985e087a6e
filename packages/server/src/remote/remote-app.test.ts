// The parts of a remote proxy put together, in one process, between real sockets.
import { createSocket } from 'node:dgram';
import { type Nas, openNas } from '@countersign/testkit/peers/nas.ts';
import { freePort, freeUdpPort } from '@countersign/testkit/peers/ports.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLog } from '#platform/log.ts';
import { type RunningProxy, startProxy } from '#remote-app';
import { readProxyConfig } from './proxy-config.ts';
import { mostLogins } from './remote-engine.ts';

const secret = 'shared-secret-of-the-site';
const identifiers = 256;

describe('a remote proxy', () => {
  const home = createSocket('udp4');
  const opened: Nas[] = [];
  const seen: string[] = [];
  const lines: string[] = [];
  let proxy: RunningProxy | undefined;
  beforeAll(async () => {
    // Takes every password and never says anything.
    home.on('message', (bytes) => void seen.push(bytes.toString('latin1')));
    await new Promise<void>((resolve) => home.bind(0, '127.0.0.1', resolve));
    const [radius, health, nobody] = await Promise.all([freeUdpPort(), freePort(), freePort()]);
    const config = readProxyConfig({
      COUNTERSIGN_SERVER_URL: `http://127.0.0.1:${nobody}`,
      COUNTERSIGN_APPLICATION: '01234567-89ab-4def-8123-456789abcdef',
      COUNTERSIGN_CLIENT_ID: 'acl_1',
      COUNTERSIGN_CLIENT_SECRET: 'css_planted',
      COUNTERSIGN_RADIUS_LISTEN: `127.0.0.1:${radius}`,
      COUNTERSIGN_HEALTH_LISTEN: `127.0.0.1:${health}`,
      COUNTERSIGN_SHUTDOWN_SECONDS: '0',
      COUNTERSIGN_RADIUS_CLIENT_1_NAME: 'greedy',
      COUNTERSIGN_RADIUS_CLIENT_1_NETWORK: '127.2.0.1',
      COUNTERSIGN_RADIUS_CLIENT_1_SHARED_SECRET: secret,
      COUNTERSIGN_RADIUS_CLIENT_2_NAME: 'modest',
      COUNTERSIGN_RADIUS_CLIENT_2_NETWORK: '127.2.0.2',
      COUNTERSIGN_RADIUS_CLIENT_2_SHARED_SECRET: secret,
      COUNTERSIGN_HOME_SERVER_1_NAME: 'silent',
      COUNTERSIGN_HOME_SERVER_1_ADDRESS: '127.0.0.1',
      COUNTERSIGN_HOME_SERVER_1_PORT: String(home.address().port),
      COUNTERSIGN_HOME_SERVER_1_SHARED_SECRET: secret,
      COUNTERSIGN_HOME_SERVER_1_TIMEOUT_MS: '30000',
      COUNTERSIGN_HOME_SERVER_1_TRIES: '1',
    });
    proxy = await startProxy(config, createLog('warn', { write: (line) => lines.push(line) }));
  });
  afterAll(async () => {
    await Promise.all(opened.map((nas) => nas.close()));
    await proxy?.stop();
    home.close();
  });

  const nasAt = async (sourceAddress: string): Promise<Nas> => {
    const port = proxy?.addresses.radius[0]?.port ?? 0;
    const nas = await openNas({ address: '127.0.0.1', port, secret, sourceAddress });
    opened.push(nas);
    return nas;
  };

  test('the status names the home servers', () => {
    expect(proxy?.status().homeServers).toMatchObject([{ name: 'silent', state: 'not_asked' }]);
  });

  test('one client cannot take the places of all', async () => {
    for (let sent = 0; sent < mostLogins + identifiers; sent += identifiers) {
      const nas = await nasAt('127.2.0.1');
      for (let identifier = 0; identifier < identifiers; identifier += 1)
        await nas.send(nas.prepare({ identifier, username: `greedy ${sent + identifier}`, password: 'x' }));
    }
    await expect.poll(() => seen.length).toBeGreaterThan(mostLogins / 4);
    const other = await nasAt('127.2.0.2');
    await other.send(other.prepare({ username: 'modest', password: 'x' }));
    await expect.poll(() => seen.some((packet) => packet.includes('modest')), { timeout: 10_000 }).toBe(true);
    expect(seen.length).toBeLessThanOrEqual(mostLogins / 2 + 1);
    // The server's own variable is none of a proxy's.
    const told = lines.filter((line) => line.includes('was dropped'));
    expect(told.length).toBeGreaterThan(0);
    for (const line of told) expect(line).toContain('(a proxy takes 2000 at most)');
  });
});
