import {
  Code,
  hideUserPassword,
  type Packet,
  revealUserPassword,
  rfc2865,
  rfc2866,
  rfc2869,
  writeAttribute,
} from '@countersign/radius';
import { describe, expect, test } from 'vitest';
import type { LoadedRadiusClient } from '#core/radius-clients/radius-client.ts';
import { credentialsOf, loginOf } from './login-of-request.ts';

const client: LoadedRadiusClient = {
  id: 'rcl_1',
  name: 'Berlin gateway',
  applicationId: 'app_1',
  network: '192.0.2.1/32',
  secret: Buffer.from('0123456789abcdef'),
  messageAuthenticator: 'require',
  numberMatching: false,
  stripRealm: false,
  appendRealm: '',
  relay: false,
  applicationEnabled: true,
  authorises: true,
  homeServers: [],
};
const authenticator = new Uint8Array(16).fill(1);
const key = { secret: client.secret, authenticator };
const bytes = (text: string) => Buffer.from(text);
const raw = (definition: { type: number }, value: Uint8Array) => ({ type: definition.type, value });

function request(...attributes: Packet['attributes']) {
  const hidden = attributes.find(({ type }) => type === rfc2865.UserPassword.type);
  return {
    client,
    packet: { code: Code.AccessRequest, identifier: 1, authenticator, attributes },
    userPassword: () => hidden && revealUserPassword(hidden.value, key),
  };
}
const name = (value: Uint8Array) => raw(rfc2865.UserName, value);
const password = (value: Uint8Array) => raw(rfc2865.UserPassword, hideUserPassword(value, key));
const from = (station: string) => writeAttribute(rfc2865.CallingStationId, station);

describe('facts of a login', () => {
  test('user, client and where it comes from', () => {
    const login = loginOf(request(name(bytes('alice')), from('203.0.113.9')));
    expect(login).toMatchObject({
      applicationId: 'app_1',
      username: 'alice',
      door: { kind: 'radius', id: 'rcl_1' },
      clientName: 'Berlin gateway',
      clientAddress: '203.0.113.9',
      context: [Buffer.from('203.0.113.9').toString('hex'), '', '', '', '', ''],
      number: 'none',
    });
  });

  test('a number is shown when the client is set so', () => {
    const shown = { ...request(name(bytes('alice'))), client: { ...client, numberMatching: true } };
    expect(loginOf(shown).number).toBe('shown_by_challenge');
  });

  test.each([
    ['trailing NUL, as PAP pads', bytes('alice\0\0'), 'alice'],
    ['letters beyond ASCII', bytes('Zoë Müller'), 'Zoë Müller'],
    ['NUL inside: nobody’s name', bytes('al\0ice'), ''],
    ['not UTF-8', Uint8Array.of(0x61, 0xff, 0xfe), ''],
    ['empty', new Uint8Array(0), ''],
  ])('user name: %s', (_what, value, expected) => {
    expect(loginOf(request(name(value))).username).toBe(expected);
  });

  test.each([
    ['alice', { stripRealm: true }, 'alice'],
    ['CORP\\alice', { stripRealm: true }, 'alice'],
    ['alice@corp.example', { stripRealm: true }, 'alice'],
    ['CORP\\alice@corp.example', { stripRealm: true }, 'alice'],
    ['alice@home@corp.example', { stripRealm: true }, 'alice@home'],
    ['CORP\\alice', {}, 'CORP\\alice'],
    ['alice', { appendRealm: 'corp.example' }, 'alice@corp.example'],
    ['alice@other.example', { appendRealm: 'corp.example' }, 'alice@other.example'],
    ['CORP\\alice', { appendRealm: 'corp.example' }, 'CORP\\alice'],
    ['CORP\\alice', { stripRealm: true, appendRealm: 'corp.example' }, 'alice@corp.example'],
    ['CORP\\', { stripRealm: true, appendRealm: 'corp.example' }, ''],
  ])('%s with %o is looked up as %s', (typed, change, expected) => {
    const mapped = { ...request(name(bytes(typed))), client: { ...client, ...change } };
    expect(loginOf(mapped).username).toBe(expected);
  });

  test('two logins are never one by the user name alone', () => {
    expect(loginOf(request(name(bytes('alice')))).context).toBeNull();
    const ports = [writeAttribute(rfc2865.NasPort, 7), writeAttribute(rfc2865.NasIdentifier, 'vpn')];
    expect(loginOf(request(name(bytes('alice')), ...ports)).context).toBeNull();
  });

  test('sessions of one address are told apart by whatever else the client says', () => {
    const context = (...more: Packet['attributes']) =>
      loginOf(request(name(bytes('alice')), from('203.0.113.9'), ...more)).context;
    const port = (number: number) => writeAttribute(rfc2865.NasPort, number);
    const session = (id: string) => writeAttribute(rfc2866.AcctSessionId, id);
    expect(context(port(7))).toEqual(context(port(7)));
    expect(context(port(7))).not.toEqual(context(port(8)));
    expect(context(session('S-1'))).not.toEqual(context(session('S-2')));
  });

  test('only a session id beside an address outlasts the answer', () => {
    const lasts = (...attributes: Packet['attributes']) =>
      loginOf(request(name(bytes('alice')), ...attributes)).contextLasts;
    const session = writeAttribute(rfc2866.AcctSessionId, 'S-1');
    expect(lasts(from('203.0.113.9'), session)).toBe(true);
    expect(lasts(session)).toBe(false);
    expect(lasts(from('203.0.113.9'))).toBe(false);
  });
});

describe('credentials', () => {
  const chap = raw(rfc2865.ChapPassword, new Uint8Array(17));
  const eap = raw(rfc2869.EapMessage, bytes('eap'));
  test.each([
    ['a password', [name(bytes('a')), password(bytes('secret'))], { kind: 'password', password: 'secret' }],
    [
      'a password that ends in digits and spaces',
      [name(bytes('a')), password(bytes('p 123 '))],
      { kind: 'password', password: 'p 123 ' },
    ],
    ['CHAP', [name(bytes('a')), chap], { kind: 'chap' }],
    ['EAP, whatever else is there', [name(bytes('a')), password(bytes('x')), eap], { kind: 'eap' }],
    ['none', [name(bytes('a'))], { kind: 'other' }],
    ['an empty password', [name(bytes('a')), password(new Uint8Array(0))], { kind: 'unusable' }],
    [
      'noise, as a wrong shared secret gives',
      [name(bytes('a')), password(Uint8Array.of(0xc3, 0x28, 0xff))],
      { kind: 'unusable' },
    ],
    ['no user name', [password(bytes('secret'))], { kind: 'unusable' }],
  ] as const)('%s', (_what, attributes, expected) => {
    expect(credentialsOf(request(...attributes))).toEqual(expected);
  });
});
