import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import {
  ApiClientChanges,
  ApplicationChanges,
  ids,
  NewApiClient,
  NewApplication,
  NewAuthRequest,
  NewUser,
  pageQuery,
  UserChanges,
} from './models.ts';
import { NewHomeServer, NewRadiusClient, RadiusClientChanges } from './radius-models.ts';

const uuid = '01900000-0000-7000-8000-000000000000';
const application_id = `app_${uuid}`;
const spoofs = ['evil\u202egnp.exe', 'line\nbreak', 'nul\u0000', 'esc\u001b[2J', 'isolate\u2066', 'c1\u0085'];

const good = {
  application: { name: 'VPN' },
  user: { application_id, username: 'alice' },
  radiusClient: { name: 'Gateway', application_id, network: '192.0.2.1' },
  homeServer: { name: 'NPS', address: '192.0.2.9', shared_secret: 'sixteen or more!' },
  apiClient: { name: 'Script', scopes: ['users'] },
  authRequest: { application: uuid.replace('-7', '-4'), username: 'alice' },
};

/** Every text that people read: [schema, a good input, field]. */
const texts: readonly (readonly [string, z.ZodType, object, string])[] = [
  ['application', NewApplication, good.application, 'name'],
  ['application changes', ApplicationChanges, {}, 'name'],
  ['user', NewUser, good.user, 'username'],
  ['user', NewUser, good.user, 'full_name'],
  ['user', NewUser, good.user, 'external_guid'],
  ['user changes', UserChanges, {}, 'username'],
  ['user changes', UserChanges, {}, 'full_name'],
  ['RADIUS client', NewRadiusClient, good.radiusClient, 'name'],
  ['RADIUS client changes', RadiusClientChanges, {}, 'name'],
  ['home server', NewHomeServer, good.homeServer, 'name'],
  ['API client', NewApiClient, good.apiClient, 'name'],
  ['API client changes', ApiClientChanges, {}, 'name'],
  ['auth request', NewAuthRequest, good.authRequest, 'username'],
  ['auth request', NewAuthRequest, good.authRequest, 'title'],
  ['auth request', NewAuthRequest, good.authRequest, 'description'],
  ['auth request', NewAuthRequest, good.authRequest, 'client_name'],
];

describe('texts that could read otherwise than they are', () => {
  test.each(texts)('%s', (_, schema, input, field) => {
    expect(schema.safeParse({ ...input, [field]: 'plain' }).success).toBe(true);
    for (const text of spoofs) {
      const result = schema.safeParse({ ...input, [field]: text });
      expect(result.error?.issues.map(({ path }) => path)).toEqual([[field]]);
    }
  });

  test('team names too', () => {
    for (const text of spoofs) expect(NewUser.safeParse({ ...good.user, teams: [text] }).success).toBe(false);
  });
});

describe('unknown fields are refused', () => {
  test.each([
    [NewApplication, good.application],
    [NewUser, good.user],
    [NewRadiusClient, good.radiusClient],
    [NewHomeServer, good.homeServer],
    [NewApiClient, good.apiClient],
    [NewAuthRequest, good.authRequest],
    [ApplicationChanges, {}],
    [UserChanges, {}],
    [RadiusClientChanges, {}],
    [ApiClientChanges, {}],
  ] as readonly (readonly [z.ZodType, object])[])('%#', (schema, input) => {
    expect(schema.safeParse(input).success).toBe(true);
    expect(schema.safeParse({ ...input, surprise: 1 }).success).toBe(false);
    expect(schema.safeParse([input]).success).toBe(false);
  });

  test('what cannot be changed is unknown to a change', () => {
    for (const schema of [RadiusClientChanges, ApiClientChanges, UserChanges])
      expect(schema.safeParse({ application_id }).success).toBe(false);
  });
});

test('an absent field of a change stays absent', () => {
  expect(UserChanges.parse({ full_name: 'Alice' })).toEqual({ full_name: 'Alice' });
  expect(UserChanges.parse({ password: null })).toEqual({ password: null });
  expect(ApplicationChanges.parse({})).toEqual({});
});

test('an id has the prefix of its kind and a UUIDv7', () => {
  expect(ids.application.safeParse(application_id).success).toBe(true);
  for (const wrong of [
    uuid,
    `usr_${uuid}`,
    `app_${uuid}\n`,
    `app_${uuid.toUpperCase()}X`,
    'app_1',
    "app_' or 1=1",
  ])
    expect(ids.application.safeParse(wrong).success).toBe(false);
});

describe('limits', () => {
  const user = (fields: object) => NewUser.safeParse({ ...good.user, ...fields }).success;

  test('user fields', () => {
    expect(user({ username: 'x'.repeat(255) })).toBe(true);
    expect(user({ username: 'x'.repeat(256) })).toBe(false);
    expect(user({ username: '' })).toBe(false);
    expect(user({ email: 'alice@example.com' })).toBe(true);
    expect(user({ email: 'alice' })).toBe(false);
    expect(user({ phone: '+491701234567' })).toBe(true);
    for (const phone of ['01701234567', '+0170', '+49 170', '+1234567890123456'])
      expect(user({ phone })).toBe(false);
    expect(user({ password: 'seven77' })).toBe(false);
    expect(user({ password: 'eight888' })).toBe(true);
    expect(user({ password: 'x'.repeat(257) })).toBe(false);
    expect(user({ password: null })).toBe(false);
    expect(user({ device_limit: 21 })).toBe(false);
    expect(user({ teams: Array.from({ length: 101 }, (_, i) => `team ${i}`) })).toBe(false);
  });

  test('shared secrets and lists', () => {
    const server = (fields: object) => NewHomeServer.safeParse({ ...good.homeServer, ...fields }).success;
    expect(server({ shared_secret: 'fifteen chars..' })).toBe(false);
    expect(server({ shared_secret: undefined })).toBe(false);
    expect(server({ address: 'nps.example.com' })).toBe(false);
    expect(server({ port: 0 })).toBe(false);
    expect(NewApiClient.safeParse({ ...good.apiClient, scopes: [] }).success).toBe(false);
    expect(NewApiClient.safeParse({ ...good.apiClient, scopes: ['everything'] }).success).toBe(false);
  });

  test('pages', () => {
    expect(pageQuery.limit.parse(undefined)).toBe(50);
    expect(pageQuery.limit.parse('200')).toBe(200);
    for (const limit of ['0', '201', '-1', '1.5', 'many'])
      expect(pageQuery.limit.safeParse(limit).success).toBe(false);
    expect(pageQuery.cursor.safeParse('x'.repeat(1601)).success).toBe(false);
  });
});
