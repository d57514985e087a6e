import fc from 'fast-check';
import { expect, test } from 'vitest';
import { describePolicy, isRequired, readGroupPolicy } from './group-policy.ts';

test.each([
  [[], 'absent'],
  [[''], 'unsaid'],
  [['VPN of the second floor, ask Bob'], 'unsaid'],
  [['second_factor'], 'unsaid'],
  [['no_second_factor=required'], 'unsaid'],
  [['second_factor=required'], 'required'],
  [['Second_Factor = REQUIRED'], 'required'],
  [['owner=bob; second_factor=required; room 5'], 'required'],
  [['"second_factor=required'], 'required'],
  [['second_factor=not_required'], 'not_required'],
  [['second_factor=not_required', 'second_factor=required'], 'required'],
  [['second_factor=not_required,second_factor=required'], 'required'],
  [['second_factor='], 'unclear'],
  [['second_factor=; required'], 'unclear'],
  [['second_factor=no'], 'unclear'],
  [['second_factor=not_required.'], 'unclear'],
  [['second_factor=not_required second_factor=maybe'], 'unclear'],
] as const)('%j says %s', (texts, kind) => {
  expect(readGroupPolicy(texts).kind).toBe(kind);
});

const noise = fc.string({ unit: 'binary', maxLength: 40 }).map((text) => text.replaceAll('=', ''));
const gap = fc.constantFrom(' ', '\n', '; ', ', ', '\t');

test('required wins wherever it stands and whatever stands around it', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(noise, gap)),
      gap,
      fc.array(noise),
      fc.boolean(),
      (before, end, others, same) => {
        const words = before.map((pair) => pair.join('')).join('');
        const text = `${words}${end}second_factor=required${end}second_factor=not_required`;
        expect(readGroupPolicy(same ? [text] : [...others, text])).toEqual({ kind: 'required' });
      },
    ),
  );
});

test('whatever stands behind the equals sign, only not_required lets off', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (value) => {
      const policy = readGroupPolicy([`second_factor=${value}`]);
      const [word = ''] = /^\s*[^\s;,]*/u.exec(value) ?? [];
      if (word.trim().toLowerCase() === 'not_required') return;
      expect(isRequired(policy)).toBe(true);
      expect(describePolicy(policy)).toContain('members are asked');
    }),
  );
});

test('text without an equals sign says nothing', () => {
  fc.assert(
    fc.property(fc.array(noise, { minLength: 1 }), (texts) => {
      expect(readGroupPolicy(texts)).toEqual({ kind: 'unsaid' });
    }),
  );
});

test('what is not there takes nothing back, and what is there and says nothing does', () => {
  expect(isRequired(readGroupPolicy([]))).toBeNull();
  expect(isRequired(readGroupPolicy(['']))).toBe(false);
  expect(isRequired(readGroupPolicy(['VPN of the second floor']))).toBe(false);
  expect(describePolicy({ kind: 'absent' })).toContain('members are asked if it said so before');
});
