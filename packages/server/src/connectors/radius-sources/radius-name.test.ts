import fc from 'fast-check';
import { nameKey } from '@countersign/contract/text.ts';
import { expect, test } from 'vitest';
import { idOfName, radiusName } from './radius-name.ts';

test('as typed, or with the realm behind a name that has none', () => {
  const names = (typed: string, realm: string) => {
    const name = radiusName(typed, realm);
    return name.kind === 'usable' ? [name.sent, name.username] : [];
  };
  expect(names('alice', '')).toEqual(['alice', 'alice']);
  expect(names('alice', 'corp.example')).toEqual(['alice@corp.example', 'alice']);
  expect(names('alice@CORP.example', 'corp.example')).toEqual(['alice@corp.example', 'alice']);
  expect(names('alice@other.example', 'corp.example')).toEqual([
    'alice@other.example',
    'alice@other.example',
  ]);
  expect(names('CORP\\alice', 'corp.example')).toEqual(['CORP\\alice', 'CORP\\alice']);
  expect(names('josé', '')).toEqual(['josé', 'josé']);
});

test.each(['ａlice', 'al\u200bice', '@corp.example', ' ', 'ﬁ', 'a'.repeat(254)])(
  'a name that may be another person’s there is not sent: %j',
  (typed) => {
    expect(radiusName(typed, 'corp.example').kind).toBe('unusable');
  },
);

test('two names have one id only if they are one name here', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), fc.string({ maxLength: 200 }), (a, b) => {
      const id = 'src_01890a5d-ac96-774b-bcce-b302099a8057';
      expect([...idOfName(id, a)].length).toBeLessThanOrEqual(128);
      expect(idOfName(id, a) === idOfName(id, b)).toBe(nameKey(a) === nameKey(b));
    }),
  );
  const long = 'x'.repeat(100);
  expect(idOfName('src_1', `${long}1${long}`)).not.toBe(idOfName('src_1', `${long}2${long}`));
});
