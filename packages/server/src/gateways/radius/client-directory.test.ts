import { describe, expect, test } from 'vitest';
import type { LoadedRadiusClient } from '#core/radius-clients/radius-client.ts';
import { fixedClientDirectory, openClientDirectory } from './client-directory.ts';

const client = (id: string, network: string): LoadedRadiusClient => ({
  ...{
    id,
    network,
    name: id,
    applicationId: 'app_1',
    applicationEnabled: true,
    authorises: true,
    homeServers: [],
  },
  ...{ secret: Buffer.from('0123456789abcdef'), messageAuthenticator: 'require', numberMatching: false },
  ...{ stripRealm: false, appendRealm: '', relay: false },
});

describe('an address that is taken for a client’s own', () => {
  test.each([
    ['192.0.2.7/32', [], '192.0.2.7'],
    ['192.0.2.0/24', [], '192.0.2.0'],
    ['0.0.0.0/0', [], '0.0.0.0'],
    ['192.0.2.0/24', ['192.0.2.0/25'], '192.0.2.128'],
    ['192.0.2.0/31', ['192.0.2.0/32'], '192.0.2.1'],
    ['2001:db8::/32', [], '2001:db8:0:0:0:0:0:0'],
    ['2001:db8::a0/127', ['2001:db8::a0/128'], '2001:db8:0:0:0:0:0:a1'],
    ['192.0.2.0/31', ['192.0.2.0/32', '192.0.2.1/32'], undefined],
  ])('%s beside %o: %s', (network, others, expected) => {
    const all = [client('own', network), ...others.map((other) => client(other, other))];
    const directory = fixedClientDirectory(all);
    expect(directory.addressOf('own')).toBe(expected);
    if (expected !== undefined) expect(directory.lookup(expected)?.id).toBe('own');
    expect(directory.addressOf('nobody')).toBeUndefined();
  });
});

test('a refresh knows at once what was changed', async () => {
  let clients = [client('one', '192.0.2.1/32')];
  const failed = (error: unknown) => expect.unreachable(String(error));
  const version = async () => String(clients.length);
  const directory = await openClientDirectory({ version, load: async () => clients, failed });
  clients = [...clients, client('two', '192.0.2.2/32')];
  expect(directory.addressOf('two')).toBeUndefined();
  await directory.refresh();
  expect(directory.addressOf('two')).toBe('192.0.2.2');
  await directory.stop();
});
