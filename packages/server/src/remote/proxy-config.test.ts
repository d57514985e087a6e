import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConfigError, type Environment, isLoopback } from '#platform/environment.ts';
import { readProxyConfig } from './proxy-config.ts';

const least: Environment = {
  COUNTERSIGN_SERVER_URL: 'https://mfa.example.com/',
  COUNTERSIGN_APPLICATION: '01234567-89AB-4DEF-8123-456789ABCDEF',
  COUNTERSIGN_CLIENT_ID: 'acl_1',
  COUNTERSIGN_CLIENT_SECRET: 'css_planted',
  COUNTERSIGN_RADIUS_CLIENT_1_NAME: 'berlin',
  COUNTERSIGN_RADIUS_CLIENT_1_NETWORK: '192.0.2.10',
  COUNTERSIGN_RADIUS_CLIENT_1_SHARED_SECRET: 'planted-shared-secret',
  COUNTERSIGN_HOME_SERVER_1_NAME: 'nps1',
  COUNTERSIGN_HOME_SERVER_1_ADDRESS: '192.0.2.20',
  COUNTERSIGN_HOME_SERVER_1_SHARED_SECRET: 'planted-shared-secret',
};

describe('the configuration of a remote proxy', () => {
  test('what is not given has the defaults of the API', () => {
    const config = readProxyConfig(least);
    expect(config).toMatchObject({ serverUrl: 'https://mfa.example.com', checkSeconds: 10, allowHttp: 'no' });
    expect(config.application).toBe('01234567-89ab-4def-8123-456789abcdef');
    expect(config.clients).toEqual([
      expect.objectContaining({
        name: 'berlin',
        network: '192.0.2.10/32',
        messageAuthenticator: 'require',
        numberMatching: false,
        homeServers: [expect.objectContaining({ name: 'nps1', port: 1812, timeoutMs: 2000, tries: 2 })],
      }),
    ]);
    expect(JSON.stringify(config)).not.toContain('css_planted');
  });

  test('a client may name its home servers, in its own order', () => {
    const config = readProxyConfig({
      ...least,
      COUNTERSIGN_HOME_SERVER_7_NAME: 'nps2',
      COUNTERSIGN_HOME_SERVER_7_ADDRESS: '2001:db8::1',
      COUNTERSIGN_HOME_SERVER_7_PORT: '1645',
      COUNTERSIGN_HOME_SERVER_7_SHARED_SECRET: 'planted-shared-secret',
      COUNTERSIGN_RADIUS_CLIENT_1_HOME_SERVERS: 'nps2, nps1',
      COUNTERSIGN_RADIUS_CLIENT_1_NUMBER_MATCHING: 'yes',
    });
    expect(config.clients[0]?.homeServers.map(({ name }) => name)).toEqual(['nps2', 'nps1']);
    expect(config.clients[0]?.numberMatching).toBe(true);
  });

  test.each([
    [{ COUNTERSIGN_RADIUS_CLIENT_1_HOME_SERVERS: 'nps9' }, 'no home server has this name'],
    [{ COUNTERSIGN_RADIUS_CLIENT_1_NETWORK: '192.0.2.10/24' }, 'must begin where the network begins'],
    [{ COUNTERSIGN_RADIUS_CLIENT_0_NAME: 'x' }, 'must be numbered from 1 to 64'],
    [{ COUNTERSIGN_RADIUS_CLIENT_65_NAME: 'x' }, 'must be numbered from 1 to 64'],
    [
      { COUNTERSIGN_RADIUS_CLIENT_1_NUMBER_MATCHING: 'perhaps' },
      'COUNTERSIGN_RADIUS_CLIENT_1_NUMBER_MATCHING: ',
    ],
    [{ COUNTERSIGN_HOME_SERVER_1_PORT: '70000' }, 'COUNTERSIGN_HOME_SERVER_1_PORT: '],
    [{ COUNTERSIGN_HOME_SERVER_1_SECRET: 'x' }, 'is no variable'],
    [{ COUNTERSIGN_HOME_SERVER_1_ADDRESS: undefined }, 'COUNTERSIGN_HOME_SERVER_1_ADDRESS is missing'],
    [{ COUNTERSIGN_SERVER_URL: undefined }, 'COUNTERSIGN_SERVER_URL is missing'],
    [{ COUNTERSIGN_CLIENT_SECRET: undefined }, 'COUNTERSIGN_CLIENT_SECRET is missing'],
    [{ COUNTERSIGN_APPLICATION: 'VPN' }, 'a UUID'],
    [{ COUNTERSIGN_SERVER_URL: 'http://192.0.2.1' }, 'must begin with https://'],
  ])('%o is refused in one sentence', (change, words) => {
    expect(() => readProxyConfig({ ...least, ...change })).toThrow(ConfigError);
    expect(() => readProxyConfig({ ...least, ...change })).toThrow(words);
  });

  test('what is missing and what is wrong is named all at once', () => {
    const read = (environment: Environment): readonly string[] => {
      try {
        readProxyConfig(environment);
      } catch (error) {
        if (error instanceof ConfigError) return error.faults.map((fault) => /\w+/.exec(fault)?.[0] ?? '');
      }
      throw new Error('no ConfigError');
    };
    expect(
      read({
        COUNTERSIGN_APPLICATION: 'VPN',
        COUNTERSIGN_ODD: '1',
        COUNTERSIGN_RADIUS_CLIENT_1_NAME: 'berlin',
        COUNTERSIGN_RADIUS_CLIENT_2_SHARED_SECRET: 'short',
        COUNTERSIGN_HOME_SERVER_1_ADDRESS: 'nps',
      }),
    ).toEqual([
      'COUNTERSIGN_APPLICATION',
      'COUNTERSIGN_SERVER_URL',
      'COUNTERSIGN_CLIENT_ID',
      'COUNTERSIGN_CLIENT_SECRET',
      'COUNTERSIGN_HOME_SERVER_1_NAME',
      'COUNTERSIGN_HOME_SERVER_1_ADDRESS',
      'COUNTERSIGN_HOME_SERVER_1_SHARED_SECRET',
      'COUNTERSIGN_RADIUS_CLIENT_1_NETWORK',
      'COUNTERSIGN_RADIUS_CLIENT_1_SHARED_SECRET',
      'COUNTERSIGN_RADIUS_CLIENT_2_NAME',
      'COUNTERSIGN_RADIUS_CLIENT_2_NETWORK',
      'COUNTERSIGN_RADIUS_CLIENT_2_SHARED_SECRET',
      'COUNTERSIGN_ODD',
    ]);
    // Nothing set at all: the two groups say each that one is needed.
    expect(read({})).toHaveLength(6);
  });

  test('two of the same name or network are refused', () => {
    const second = {
      COUNTERSIGN_RADIUS_CLIENT_2_NAME: 'bonn',
      COUNTERSIGN_RADIUS_CLIENT_2_NETWORK: '192.0.2.10/32',
      COUNTERSIGN_RADIUS_CLIENT_2_SHARED_SECRET: 'planted-shared-secret',
    };
    expect(() => readProxyConfig({ ...least, ...second })).toThrow('Two RADIUS clients have the network');
    expect(() =>
      readProxyConfig({
        ...least,
        ...second,
        COUNTERSIGN_RADIUS_CLIENT_2_NAME: 'berlin',
        COUNTERSIGN_RADIUS_CLIENT_2_NETWORK: '192.0.2.11',
      }),
    ).toThrow('Two RADIUS clients have the name');
  });

  test('http is for this machine, and for whoever says so in writing', () => {
    const url = 'http://192.0.2.1:8080';
    expect(
      readProxyConfig({ ...least, COUNTERSIGN_SERVER_URL: url, COUNTERSIGN_ALLOW_HTTP: 'yes' }).serverUrl,
    ).toBe(url);
    for (const here of ['http://localhost', 'http://127.0.0.1:1', 'http://[::1]:8080'])
      expect([here, isLoopback(here)]).toEqual([here, true]);
    for (const there of ['http://localhost.example.com', 'http://127.0.0.1.example.com', 'http://[::2]'])
      expect([there, isLoopback(there)]).toEqual([there, false]);
  });

  test('whatever is typed, it is read or refused in one sentence without the secrets', () => {
    const names = Object.keys(least);
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom('', 'yes', '0', '-1', '99999999999', '::/0', '\u0000'),
    );
    fc.assert(
      fc.property(fc.constantFrom(...names), text, (name, value) => {
        try {
          readProxyConfig({ ...least, [name]: value });
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigError);
          expect(String(error)).not.toContain('planted');
        }
      }),
    );
  });
});
