import { expect, test } from 'vitest';
import type { LoadedRadiusClient } from '#core/radius-clients/radius-client.ts';
import { addressesOfClients } from './play-login.ts';

const client = (id: string, network: string): LoadedRadiusClient => ({
  id,
  network,
  name: id,
  applicationId: 'app_1',
  secret: new Uint8Array(16),
  messageAuthenticator: 'require',
  relay: false,
  applicationEnabled: true,
  authorises: true,
  numberMatching: false,
  stripRealm: false,
  appendRealm: '',
  homeServers: [],
});

test('an address of this machine counts for the client with the longest prefix', () => {
  const clients = [
    client('wide', '192.0.2.0/24'),
    client('narrow', '192.0.2.7/32'),
    client('elsewhere', '198.51.100.0/24'),
    client('loopback', '127.5.0.0/16'),
    client('six', '2001:db8::/32'),
  ];
  const found = addressesOfClients(clients, ['127.0.0.1', '192.0.2.7', '2001:db8::9']);
  expect(Object.fromEntries(found)).toEqual({
    narrow: '192.0.2.7',
    loopback: '127.5.0.0',
    six: '2001:db8::9',
  });
});
