import type { HomeServer, RadiusClient } from '@countersign/contract/radius-models.ts';
import { expect, test } from 'vitest';
import { loginWay } from './login-way.ts';

const application = { id: 'app_1', second_factor: 'push', request_seconds: 60, enabled: true } as const;
const door = (name: string, more: Partial<RadiusClient> = {}) =>
  ({
    id: name,
    name,
    application_id: 'app_1',
    home_server_ids: [],
    relay: false,
    enabled: true,
    ...more,
  }) as RadiusClient;
const homeServer = (id: string) => ({ id, name: id }) as HomeServer;

test('doors that lead to the same check share a lane, in the order of the home servers', () => {
  const { lanes } = loginWay(
    application,
    [
      door('a', { home_server_ids: ['one', 'two'] }),
      door('b'),
      door('c', { home_server_ids: ['one', 'two'] }),
      door('d', { home_server_ids: ['two', 'one'] }),
      door('of another', { application_id: 'app_2' }),
    ],
    [homeServer('one'), homeServer('two')],
  );
  const told = lanes.map(({ doors, homeServers }) => [
    doors.map(({ name }) => name),
    homeServers.map(({ id }) => id),
  ]);
  expect(told).toEqual([
    [
      ['a', 'c'],
      ['one', 'two'],
    ],
    [['b'], []],
    [['d'], ['two', 'one']],
  ]);
});

test('what is passed on goes past the second factor, and comes last', () => {
  const clients = [
    door('relay', { relay: true, home_server_ids: ['one'] }),
    door('a', { home_server_ids: ['one'] }),
  ];
  expect(loginWay(application, clients, [homeServer('one')]).lanes).toMatchObject([
    { isRelay: false, doors: [{ name: 'a' }] },
    { isRelay: true, doors: [{ name: 'relay' }] },
  ]);
});

test('doors that are switched off are counted, and lead nowhere', () => {
  const way = loginWay({ ...application, enabled: false }, [door('a', { enabled: false })], []);
  expect(way).toEqual({ lanes: [], factor: 'push', seconds: 60, isOpen: false, closedDoors: 1 });
});
