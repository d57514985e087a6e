import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { digestOf, prettyJson, readAnswer, readAsked } from './read-evidence.ts';

const jws = (payload: unknown) =>
  `e30.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.c2lnbmF0dXJl`;

test('what a signed answer says', () => {
  const answer = jws({ decision: 'approve', device_id: 'dev_1', iat: 7, shown: 'abc', number: '42' });
  expect(readAnswer({ answer })).toEqual({ decision: 'approve', deviceId: 'dev_1', at: 7000, shown: 'abc' });
  expect(readAnswer({ answer: jws({ decision: 'other' }) })).toMatchObject({ decision: undefined, at: null });
  fc.assert(fc.property(fc.string(), (any) => void readAnswer({ answer: any })));
});

test('what was asked, as people read it; nothing that is not there', () => {
  const client = { name: 'gateway', address: null };
  const content = { title: 'Log in', application: { name: 'VPN' }, username: 'alice', client };
  expect(readAsked(JSON.stringify(content))).toEqual({
    ...{ title: 'Log in', description: '', application: 'VPN', username: 'alice' },
    ...{ through: 'gateway', from: '' },
  });
  expect(readAsked('no json')).toBeUndefined();
  fc.assert(fc.property(fc.json(), (any) => void readAsked(any)));
});

test('the digest is that of the bytes', async () => {
  const text = 'Grüße „VPN“';
  expect(await digestOf(text)).toBe(createHash('sha256').update(text).digest('base64url'));
});

test('JSON is indented, other text left alone', () => {
  expect(prettyJson('{"a":1}')).toBe('{\n  "a": 1\n}');
  expect(prettyJson('no json')).toBe('no json');
});
