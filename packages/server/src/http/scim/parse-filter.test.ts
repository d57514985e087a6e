// Filters and paths of RFC 7644, and texts that are none.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { comparisons, type ScimFilter } from '#core/scim/scim-filter.ts';
import { filterLimits, parseFilter, parsePath } from './parse-filter.ts';
import { ScimError } from './scim-error.ts';

const compare = (attribute: string, comparison: (typeof comparisons)[number], value: string | boolean) =>
  ({ kind: 'compare', attribute, comparison, value }) as const;

// Figure 2 of the section.
test.each<[string, ScimFilter]>([
  ['userName eq "bjensen"', compare('username', 'eq', 'bjensen')],
  ['name.familyName co "O\'Malley"', compare('name.familyname', 'co', "O'Malley")],
  ['userName sw "J"', compare('username', 'sw', 'J')],
  ['urn:ietf:params:scim:schemas:core:2.0:User:userName sw "J"', compare('username', 'sw', 'J')],
  ['title pr', { kind: 'present', attribute: 'title' }],
  ['meta.lastModified gt "2011-05-13T04:42:34Z"', compare('meta.lastmodified', 'gt', '2011-05-13T04:42:34Z')],
  [
    'title pr and userType eq "Employee"',
    { kind: 'and', of: [{ kind: 'present', attribute: 'title' }, compare('usertype', 'eq', 'Employee')] },
  ],
  [
    'schemas eq "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"',
    compare('schemas', 'eq', 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'),
  ],
  [
    'userType eq "Employee" and (emails co "example.com" or emails.value co "example.org")',
    {
      kind: 'and',
      of: [
        compare('usertype', 'eq', 'Employee'),
        {
          kind: 'or',
          of: [compare('emails', 'co', 'example.com'), compare('emails.value', 'co', 'example.org')],
        },
      ],
    },
  ],
  [
    'userType ne "Employee" and not (emails co "example.com")',
    {
      kind: 'and',
      of: [
        compare('usertype', 'ne', 'Employee'),
        { kind: 'not', of: compare('emails', 'co', 'example.com') },
      ],
    },
  ],
  [
    'emails[type eq "work" and value co "@example.com"] or ims[type eq "xmpp"]',
    {
      kind: 'or',
      of: [
        {
          kind: 'some',
          attribute: 'emails',
          of: { kind: 'and', of: [compare('type', 'eq', 'work'), compare('value', 'co', '@example.com')] },
        },
        { kind: 'some', attribute: 'ims', of: compare('type', 'eq', 'xmpp') },
      ],
    },
  ],
  ['ACTIVE EQ True', compare('active', 'eq', true)],
  ['userName eq "a\\"b\\u00e9 and pr"', compare('username', 'eq', 'a"bé and pr')],
  // and binds tighter than or.
  [
    'a pr or b pr and c pr',
    {
      kind: 'or',
      of: [
        { kind: 'present', attribute: 'a' },
        {
          kind: 'and',
          of: [
            { kind: 'present', attribute: 'b' },
            { kind: 'present', attribute: 'c' },
          ],
        },
      ],
    },
  ],
])('RFC 7644 3.4.2.2: %s', (text, expected) => {
  expect(parseFilter(text)).toEqual(expected);
});

test.each([
  '',
  'userName',
  'userName eq',
  'userName eq bob',
  'userName is "bob"',
  'userName eq "bob',
  'userName eq "\u0000"',
  'userName eq "\\ud800"',
  '(userName pr',
  'userName pr)',
  'userName pr and',
  'not userName pr',
  'emails[type eq "work"',
  '"userName" eq "bob"',
  "userName eq 'bob'",
  'a pr; drop table users',
])('is no filter: %s', (text) => {
  expect(() => parseFilter(text)).toThrow(
    expect.objectContaining({ scimType: 'invalidFilter', status: 400 }),
  );
});

test('length, depth and number of conditions are limited', () => {
  const nested = (depth: number) => `${'('.repeat(depth)}a pr${')'.repeat(depth)}`;
  expect(parseFilter(nested(filterLimits.depth))).toEqual({ kind: 'present', attribute: 'a' });
  expect(() => parseFilter(nested(filterLimits.depth + 1))).toThrow('nested too deeply');
  const many = (terms: number) => Array.from({ length: terms }, () => 'a pr').join(' or ');
  expect(parseFilter(many(filterLimits.terms))).toMatchObject({ kind: 'or' });
  expect(() => parseFilter(many(filterLimits.terms + 1))).toThrow('more than');
  expect(() => parseFilter(`a eq "${'x'.repeat(filterLimits.length)}"`)).toThrow('longer than');
});

test('whatever the text is, it is read or refused in its own words, and at once', () => {
  const parts = fc.constantFrom(
    'userName',
    'eq',
    '"a"',
    '(',
    ')',
    '[',
    ']',
    'not',
    'and',
    'or',
    'pr',
    ' ',
    '.',
    '\\',
  );
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(parts).map((all) => all.join(' ')),
  );
  fc.assert(
    fc.property(texts, (text) => {
      for (const parse of [parseFilter, parsePath])
        try {
          parse(text);
        } catch (error) {
          expect(error).toBeInstanceOf(ScimError);
        }
    }),
    { numRuns: 2000 },
  );
});

test('any text that is compared with comes out as it went in', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.constantFrom(...comparisons), (value, comparison) => {
      const text = `userName ${comparison} ${JSON.stringify(value)}`;
      expect(parseFilter(text)).toEqual({ kind: 'compare', attribute: 'username', comparison, value });
    }),
  );
});

test.each([
  ['members', { attribute: 'members' }],
  ['name.familyName', { attribute: 'name', sub: 'familyname' }],
  ['urn:ietf:params:scim:schemas:core:2.0:User:name.formatted', { attribute: 'name', sub: 'formatted' }],
  ['addresses[type eq "work"]', { attribute: 'addresses', filter: compare('type', 'eq', 'work') }],
  [
    'members[value eq "2819c223-7f76-453a-919d-413861904646"].displayName',
    {
      attribute: 'members',
      filter: compare('value', 'eq', '2819c223-7f76-453a-919d-413861904646'),
      sub: 'displayname',
    },
  ],
])('RFC 7644 3.5.2 path: %s', (text, expected) => {
  expect(parsePath(text)).toEqual({ filter: undefined, sub: undefined, ...expected });
});

test.each(['', 'members[', 'members]', 'members[value eq "a"]x', 'a b', '.value'])(
  'is no path: %s',
  (text) => {
    expect(() => parsePath(text)).toThrow(expect.objectContaining({ scimType: 'invalidPath' }));
  },
);
