import { expect, test } from 'vitest';
import { changesOf, fields, readForm, typedFrom, withNeededAgain, withoutSame } from './form-fields.ts';

const declared = fields({
  name: { kind: 'text', label: 'Name', max: 5 },
  note: { kind: 'text', label: 'Note', optional: true, min: 2 },
  secret: { kind: 'password', label: 'Secret', min: 3, autocomplete: 'off' },
  seconds: { kind: 'number', label: 'Seconds', min: 10, max: 600 },
  enabled: { kind: 'flag', label: 'Enabled' },
  factor: { kind: 'choice', label: 'Factor', options: [{ value: 'push', text: 'Push' }] },
  scopes: { kind: 'choices', label: 'Scopes', min: 1, options: [{ value: 'users', text: 'Users' }] },
});
const typed = {
  name: ' 𝒜bcd ',
  note: '',
  secret: ' x ',
  seconds: ' 60 ',
  enabled: true,
  factor: 'push',
  scopes: ['users'],
};

test('what was typed becomes values: texts trimmed, passwords as they are, numbers as numbers', () => {
  expect(readForm(declared, typed)).toEqual({
    faults: {},
    values: { ...typed, name: '𝒜bcd', secret: ' x ', seconds: 60 },
  });
});

test.each([
  ['name', '', { fault: 'required' }],
  ['name', '   ', { fault: 'required' }],
  // Counted as people count, not in units of UTF-16.
  ['name', '𝒜𝒜𝒜𝒜𝒜', undefined],
  ['name', '𝒜𝒜𝒜𝒜𝒜𝒜', { fault: 'too_long', limit: 5 }],
  ['note', 'a', { fault: 'too_short', limit: 2 }],
  ['secret', 'ab', { fault: 'too_short', limit: 3 }],
  ['seconds', '', { fault: 'required' }],
  ['seconds', '1e2', { fault: 'not_a_number' }],
  ['seconds', '9', { fault: 'out_of_range', min: 10, max: 600 }],
  ['seconds', '601', { fault: 'out_of_range', min: 10, max: 600 }],
  ['factor', '', { fault: 'required' }],
  ['scopes', [], { fault: 'required' }],
])('%s: %j', (name, value, fault) => {
  expect(readForm(declared, { ...typed, [name]: value }).faults[name]).toEqual(fault);
});

test('a password that would be sent elsewhere is needed again, and why is said', () => {
  const form = fields({
    host: { kind: 'text', label: 'Server' },
    hosts: { kind: 'tags', label: 'Others', max: 9 },
    note: { kind: 'text', label: 'Note' },
    secret: {
      kind: 'password',
      label: 'Secret',
      optional: true,
      autocomplete: 'off',
      againWith: ['host', 'hosts', 'absent'],
    },
  });
  const before = typedFrom(form, { host: 'dc1', hosts: ['a'] });
  const asked = (now: object) =>
    withNeededAgain(form, before, { ...before, ...now }, (label, changed) => `${label}: ${changed.join()}`);
  expect(asked({ note: 'x', host: ' dc1 ' })).toBe(form);
  const moved = asked({ host: 'dc2', hosts: ['a', 'b'] });
  const text = 'Secret: Server,Others';
  expect(moved['secret']).toMatchObject({ optional: false, again: text });
  expect(readForm(moved, { ...before, host: 'dc2', note: 'x' }).faults).toEqual({
    secret: { fault: 'said', text },
  });
  expect(readForm(moved, { ...before, host: 'dc2', note: 'x', secret: 'new' }).faults).toEqual({});
});

test('a form begins with what is there, and with something choosable', () => {
  expect(
    typedFrom(declared, { name: 'VPN', seconds: 60, enabled: true, scopes: ['users'], more: 1 }),
  ).toEqual({
    name: 'VPN',
    note: '',
    secret: '',
    seconds: '60',
    enabled: true,
    factor: 'push',
    scopes: ['users'],
  });
});

test('only what differs is changed', () => {
  const before = { name: 'a', seconds: 60, scopes: ['users'] };
  expect(changesOf(before, { ...before })).toEqual({});
  expect(changesOf(before, { ...before, seconds: 61, scopes: [] })).toEqual({ seconds: 61, scopes: [] });
});

test('what somebody types stays when somebody else saves; what is known already is no edit', () => {
  const edits = { name: 'mine', seconds: '90', teams: ['a'] };
  // Another administrator saved another note.
  expect(withoutSame(edits, { name: 'VPN', note: 'theirs', seconds: '60', teams: [] })).toBe(edits);
  // Saved by oneself, or typed back.
  expect(withoutSame(edits, { name: 'mine', note: '', seconds: '60', teams: ['a'] })).toEqual({
    seconds: '90',
  });
});
