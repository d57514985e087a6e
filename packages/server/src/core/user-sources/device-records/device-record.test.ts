// The texts that stand in the directory: what is written is read again, and nothing else is taken for one of ours.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { systemRandom } from '#platform/random.ts';
import { createVault } from '#platform/vault.ts';
import {
  type DirectoryRecord,
  longestRecord,
  openRecord,
  type RecordOwner,
  recordPrefix,
  writeRecord,
} from './device-record.ts';

const vault = createVault(new Uint8Array(32).fill(7), systemRandom);
const owner: RecordOwner = {
  installationId: 'ins_1',
  applicationId: 'app_1',
  sourceId: 'src_1',
  guid: 'guid of alice',
};

const time = fc.integer({ min: 0, max: 4_000_000_000_000 });
const minute = time.map((at) => at - (at % 60_000));
const text = fc.string({ unit: 'grapheme', maxLength: 60 });
const coordinates = fc.record({ x: fc.base64String(), y: fc.base64String() }).map(({ x, y }) => ({
  x: x.replaceAll(/[+/=]/g, '_'),
  y: y.replaceAll(/[+/=]/g, '-'),
}));
const active: fc.Arbitrary<DirectoryRecord> = fc.record({
  kind: fc.constant('active' as const),
  deviceId: text,
  name: text,
  platform: text,
  appVersion: text,
  boundAt: time,
  approvesFrom: fc.option(time, { nil: null }),
  signingKey: coordinates,
  encryptionKey: coordinates,
  certificate: fc.record({ serial: text, authorityId: text, notBefore: time, notAfter: time, der: text }),
  verification: fc.option(fc.record({ credentialId: text, publicKey: text, setUpAt: time }), { nil: null }),
});
const revoked: fc.Arbitrary<DirectoryRecord> = fc.record({
  kind: fc.constant('revoked' as const),
  deviceId: text,
  name: text,
  revokedAt: time,
});
const login: fc.Arbitrary<DirectoryRecord> = fc.record({
  kind: fc.constant('login' as const),
  lastLoginAt: fc.option(minute, { nil: null }),
  last: fc.option(fc.record({ result: text, reason: text, at: minute }), { nil: null }),
});
const records = fc.oneof(active, revoked, login);

describe('records of devices (C-61)', () => {
  test('what is written is read again, in plain ASCII without line ends', () => {
    fc.assert(
      fc.property(records, (record) => {
        const value = writeRecord(vault, owner, record);
        expect(value).toMatch(/^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/);
        expect(value.startsWith(recordPrefix(owner))).toBe(true);
        if (value.length <= longestRecord)
          expect(openRecord(vault, owner, value)).toEqual({ kind: 'genuine', text: value, record });
      }),
    );
  });

  test('with any change it is not genuine', () => {
    fc.assert(
      fc.property(records, fc.nat(), fc.integer({ min: 0x20, max: 0x7e }), (record, where, code) => {
        const value = writeRecord(vault, owner, record);
        fc.pre(value.length <= longestRecord);
        const at = where % value.length;
        const character = String.fromCharCode(code);
        for (const changed of [
          value.slice(0, at) + character + value.slice(at + 1),
          value.slice(0, at) + character + value.slice(at),
          value.slice(0, at) + value.slice(at + 1),
        ])
          if (changed !== value) expect(openRecord(vault, owner, changed).kind).not.toBe('genuine');
      }),
    );
  });

  test('another person, user source, application, installation or master key does not make it genuine', () => {
    const record: DirectoryRecord = { kind: 'revoked', deviceId: 'dev_1', name: 'Phone', revokedAt: 0 };
    const value = writeRecord(vault, owner, record);
    const stranger = createVault(new Uint8Array(32).fill(8), systemRandom);
    expect(openRecord(vault, { ...owner, guid: 'guid of bob' }, value).kind).toBe('not_genuine');
    expect(openRecord(vault, { ...owner, sourceId: 'src_2' }, value).kind).toBe('not_genuine');
    expect(openRecord(vault, { ...owner, installationId: 'ins_2' }, value).kind).toBe('not_genuine');
    expect(openRecord(vault, { ...owner, applicationId: 'app_2' }, value).kind).toBe('foreign');
    expect(openRecord(stranger, owner, value).kind).toBe('not_genuine');
  });

  test('a name cannot add an attribute, end the record or hide something', () => {
    const name = 'x state=active mac=abc\r\ndn: cn=admin\u0000\u202e"\ud800';
    const value = writeRecord(vault, owner, { kind: 'revoked', deviceId: 'dev_1', name, revokedAt: 0 });
    expect(value.match(/ state=/g)).toHaveLength(1);
    expect(openRecord(vault, owner, value)).toMatchObject({
      record: { kind: 'revoked', name: name.toWellFormed() },
    });
  });

  test('hostile values are refused whatever they hold', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ maxLength: 9000 })), (rest) => {
        expect(openRecord(vault, owner, rest).kind).not.toBe('genuine');
        expect(openRecord(vault, owner, recordPrefix(owner) + rest).kind).toBe('not_genuine');
      }),
    );
    expect(openRecord(vault, owner, `${recordPrefix(owner)}${'x'.repeat(10_000_000)}`).kind).toBe(
      'not_genuine',
    );
    expect(openRecord(vault, owner, recordPrefix(owner).replace(':1', ':2')).kind).toBe('foreign');
  });
});
