// What comes to the RADIUS port besides honest logins: unsigned, foreign, broken, forged and strange packets.
import { randomBytes } from 'node:crypto';
import { Code, rfc2865, rfc2869, writeAttribute } from '@countersign/radius';
import { type Nas, type NasRequest, openNas } from '@countersign/testkit/peers/nas.ts';
import { hasIpv6Loopback } from '@countersign/testkit/peers/ports.ts';
import { papLogin, radclient } from '@countersign/testkit/peers/radclient.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deployVpn, type Gateway, type GatewayOptions, type Vpn } from '../vpn.ts';

const silenceMs = 300;
/** A login that is answered at once: nobody has this name. */
const nobody: NasRequest = { username: 'nobody', password: 'nothing' };
const unsigned: NasRequest = { ...nobody, messageAuthenticator: 'none' };

describe('the RADIUS port', () => {
  let vpn: Vpn;
  const opened: Nas[] = [];
  beforeAll(async () => {
    vpn = await deployVpn();
  });
  afterAll(async () => {
    await Promise.all(opened.map((nas) => nas.close()));
    await vpn?.stop();
  });

  const nasAt = async (gateway: Gateway): Promise<Nas> => {
    const nas = await openNas(gateway);
    opened.push(nas);
    return nas;
  };
  const nasFor = async (options: GatewayOptions) => nasAt(await vpn.addGateway(options));
  const counted = (event: string) => vpn.metric('countersign_radius_packets_total', { event });
  /** Sends the bytes, expects silence, and that the administrator sees it counted as this. */
  const isDropped = async (nas: Nas, bytes: Uint8Array, event: string) => {
    const before = await counted(event);
    expect(await nas.exchange(bytes, silenceMs)).toBeUndefined();
    await expect.poll(() => counted(event)).toBe(before + 1);
  };
  const isRefused = async (nas: Nas, bytes: Uint8Array) =>
    expect(await nas.exchange(bytes)).toMatchObject({ code: Code.AccessReject, genuine: true });

  test('by default drops what is not signed, and says so', async () => {
    const nas = await nasFor({});
    await isDropped(nas, nas.prepare(unsigned), 'missing-message-authenticator');
    await isRefused(nas, nas.prepare(nobody));
    expect(vpn.server().output()).toContain('without Message-Authenticator');
  });

  test('with auto takes unsigned packets until the client has signed one', async () => {
    const nas = await nasFor({ options: ['--message-authenticator', 'auto'] });
    await isRefused(nas, nas.prepare(unsigned));
    await isRefused(nas, nas.prepare(nobody));
    await isDropped(nas, nas.prepare(unsigned), 'missing-message-authenticator');
  });

  test('with off takes unsigned packets, but never a wrong signature', async () => {
    const nas = await nasFor({ options: ['--message-authenticator', 'off'] });
    await isRefused(nas, nas.prepare(nobody));
    await isRefused(nas, nas.prepare(unsigned));
    await isDropped(
      nas,
      nas.prepare({ ...nobody, messageAuthenticator: 'wrong' }),
      'bad-message-authenticator',
    );
  });

  test('drops what comes from an address that belongs to nobody, and counts it', async () => {
    const known = await vpn.addGateway();
    const stranger = await nasAt({ ...known, sourceAddress: '127.99.0.1' });
    await isDropped(stranger, stranger.prepare(nobody), 'unknown-client');
  });

  test('answers Status-Server with a signed Access-Accept', async () => {
    const gateway = await vpn.addGateway();
    const reply = await radclient(gateway, [['User-Name', 'probe']], { command: 'status' });
    expect(reply.code).toBe('Access-Accept');
    expect(reply.attributes[0]?.[0]).toBe('Message-Authenticator');
  });

  test.skipIf(!hasIpv6Loopback())('serves clients over IPv6', async () => {
    const gateway = await vpn.addGateway({ network: '::1', sourceAddress: '::1' });
    const reply = await radclient(gateway, papLogin('nobody', 'nothing'));
    expect(reply.code).toBe('Access-Reject');
  });

  test('knows a client by the longest prefix', async () => {
    const [wide, narrow] = await Promise.all([
      vpn.addGateway({ network: '127.10.0.0/16', sourceAddress: '127.10.1.1' }),
      vpn.addGateway({ network: '127.10.7.0/24', sourceAddress: '127.10.7.1' }),
    ]);
    const [outside, inside, mistaken] = await Promise.all([
      nasAt({ ...wide, sourceAddress: '127.10.8.9' }),
      nasAt({ ...narrow, sourceAddress: '127.10.7.9' }),
      nasAt({ ...wide, sourceAddress: '127.10.7.10' }),
    ]);
    await isRefused(outside, outside.prepare(nobody));
    await isRefused(inside, inside.prepare(nobody));
    await isDropped(mistaken, mistaken.prepare(nobody), 'bad-message-authenticator');
  });

  test('drops every malformed packet, and goes on', async () => {
    const nas = await nasFor({ options: ['--message-authenticator', 'off'] });
    const good = nas.prepare(unsigned);
    const withLength = (length: number) => {
      const bytes = Uint8Array.from(good);
      new DataView(bytes.buffer).setUint16(2, length);
      return bytes;
    };
    const withAttribute = (...octets: number[]) => {
      const bytes = Uint8Array.from([...good, ...octets]);
      new DataView(bytes.buffer).setUint16(2, bytes.length);
      return bytes;
    };
    const name = writeAttribute(rfc2865.UserName, 'nobody');
    const raw = (type: number, length: number) => ({ type, value: new Uint8Array(length) });
    const plain = (attributes: NasRequest['attributes']) =>
      nas.prepare({ attributes: attributes ?? [], messageAuthenticator: 'none' });
    const broken = {
      'nothing at all': new Uint8Array(),
      'half a header': good.subarray(0, 19),
      'less than it says': good.subarray(0, good.length - 1),
      'a length below 20': withLength(19),
      'a length above 4096': withLength(4097),
      'an attribute of length 0': withAttribute(1, 0),
      'an attribute of length 1': withAttribute(1, 1),
      'an attribute beyond the end': withAttribute(1, 200, 0),
      'half an attribute': withAttribute(1),
      noise: new Uint8Array(randomBytes(200)).fill(255, 2, 4),
      'a User-Password of 17 octets': plain([name, raw(rfc2865.UserPassword.type, 17)]),
      'a Message-Authenticator of 15 octets': plain([name, raw(rfc2869.MessageAuthenticator.type, 15)]),
      'two Message-Authenticators': plain([
        name,
        raw(rfc2869.MessageAuthenticator.type, 16),
        raw(rfc2869.MessageAuthenticator.type, 16),
      ]),
    };
    const before = await counted('malformed');
    for (const bytes of Object.values(broken)) await nas.send(bytes);
    await expect.poll(() => counted('malformed')).toBe(before + Object.keys(broken).length);
    expect(await nas.receive(good, silenceMs)).toBeUndefined();
    await isRefused(nas, nas.prepare(nobody));
  });

  test('drops codes that are not for it', async () => {
    const nas = await nasFor({});
    for (const code of [Code.AccessAccept, Code.AccountingRequest, 40, 255])
      await isDropped(nas, nas.prepare({ ...nobody, code }), 'unexpected-code');
  });

  test('reads packets up to 4096 octets', async () => {
    const nas = await nasFor({});
    const filler = (length: number) => ({ type: 222, value: new Uint8Array(length) });
    const attributes = [...Array.from({ length: 15 }, () => filler(253)), filler(150)];
    const size = nas.prepare({ ...nobody, attributes }).length;
    const bytes = nas.prepare({
      ...nobody,
      attributes: [...attributes.slice(0, -1), filler(150 + 4096 - size)],
    });
    expect(bytes).toHaveLength(4096);
    await isRefused(nas, bytes);
  });

  test('drops what was signed with another secret', async () => {
    const gateway = await vpn.addGateway();
    const nas = await nasAt({ ...gateway, secret: 'another secret entirely' });
    await isDropped(nas, nas.prepare(nobody), 'bad-message-authenticator');
    expect(vpn.server().output()).toContain('are the shared secrets the same on both sides?');
  });

  test('refuses a password that a wrong secret turned into garbage', async () => {
    const gateway = await vpn.addGateway({ options: ['--message-authenticator', 'off'] });
    const user = await vpn.addUser();
    const nas = await nasAt({ ...gateway, secret: 'another secret entirely' });
    const reply = await nas.exchange(
      nas.prepare({ username: user.username, password: user.password, messageAuthenticator: 'none' }),
    );
    expect(reply).toMatchObject({ code: Code.AccessReject, genuine: false });
  });

  test('refuses names that are no text, and shows none of them raw', async () => {
    const nas = await nasFor({});
    const strange = {
      'invalid UTF-8': Uint8Array.of(0x61, 0xc3, 0x28),
      'an overlong slash': Uint8Array.of(0xc0, 0xaf),
      'a line feed': 'eve\nlevel=info all is well',
      'an escape sequence': 'eve\u001b[2J',
      'a bidirectional override': 'eve\u202egnp.exe',
      nothing: '',
      'a NUL inside': 'ev\u0000e',
    };
    for (const username of Object.values(strange)) await isRefused(nas, nas.prepare({ ...nobody, username }));
    const { stdout } = await vpn.installation.countersign(['activity', 'list', '--limit', '200']);
    const shown = stdout + vpn.server().output();
    for (const character of ['\u001b', '\u202e', '\u0000']) expect(shown).not.toContain(character);
    expect(shown).not.toContain('\nlevel=info all is well');
  });

  test('says no to EAP, to CHAP without a home server, and to a login without a password', async () => {
    const gateway = await vpn.addGateway();
    const user = await vpn.addUser();
    const nas = await nasAt(gateway);
    const eap = writeAttribute(rfc2869.EapMessage, Uint8Array.of(2, 1, 0, 6, 1, 0x61));
    const chap = { type: rfc2865.ChapPassword.type, value: new Uint8Array(17) };
    const tried = [
      [{ attributes: [eap] }, 'method_unsupported'],
      [{ attributes: [chap] }, 'chap_needs_home_server'],
      [{}, 'malformed_credentials'],
    ] as const;
    for (const [request, reason] of tried) {
      await isRefused(nas, nas.prepare({ ...request, username: user.username }));
      expect(await vpn.lastActivity(user.username)).toMatchObject({ reason });
    }
  });

  test('returns every Proxy-State unchanged, in order and last', async () => {
    const nas = await nasFor({});
    const states = ['one', 'two', '', 'four'].map((text) => Buffer.from(text));
    const attributes = states.map((value) => ({ type: rfc2865.ProxyState.type, value }));
    const reply = await nas.exchange(nas.prepare({ ...nobody, attributes }));
    expect(reply?.all(rfc2865.ProxyState.type).map((value) => Buffer.from(value))).toEqual(states);
    expect(reply?.attributes.slice(-4).map(({ type }) => type)).toEqual(
      Array(4).fill(rfc2865.ProxyState.type),
    );
  });

  test('is still there after all of this', async () => {
    const gateway = await vpn.addGateway();
    const reply = await radclient(gateway, papLogin('nobody', 'nothing'));
    expect(reply.code).toBe('Access-Reject');
    expect(vpn.server().output()).not.toMatch(/defect/);
  });
});
