// A risk is read before it is taken, by whichever way an application comes to it.
import type { RequirementKindName } from '@countersign/contract/requirement-kinds.ts';
import { RequirementList } from '@countersign/contract/requirements.ts';
import { describe, expect, test } from 'vitest';
import { newRisks, requireAcknowledged } from './application-risks.ts';

type Deciding = readonly [mode: 'single' | 'override' | 'multiple', factor: 'push' | 'none'];
const decided = ([device_mode, second_factor]: Deciding) => ({ device_mode, second_factor });
const listOf = (...kinds: RequirementKindName[]) => RequirementList.parse(kinds.map((kind) => ({ kind })));

describe('news is', () => {
  test.each<[string, Deciding, Deciding, RequirementKindName[], string[]]>([
    ['more than before', ['single', 'push'], ['override', 'push'], ['activation_link'], ['more_devices']],
    ['not what was so before', ['override', 'push'], ['multiple', 'push'], ['simple_credentials'], []],
    ['nothing without a second factor', ['single', 'none'], ['multiple', 'none'], ['simple_credentials'], []],
    ['not one device', ['single', 'none'], ['single', 'push'], ['activation_link'], []],
    [
      'what a second factor makes of the mode',
      ['multiple', 'none'],
      ['multiple', 'push'],
      ['activation_link'],
      ['more_devices'],
    ],
    [
      'what a second factor makes of the requirements',
      ['single', 'none'],
      ['single', 'push'],
      ['simple_credentials'],
      ['password_binds_device'],
    ],
    ['both at once', ['single', 'none'], ['override', 'push'], ['sms'], ['more_devices', 'sms_binds_device']],
    [
      'not what more is required for',
      ['single', 'none'],
      ['single', 'push'],
      ['simple_credentials', 'manual'],
      [],
    ],
  ])('%s', (_, before, after, kinds, news) => {
    expect(newRisks(decided(before), decided(after), listOf(...kinds))).toEqual(news);
  });
});

test('what was read is let pass, and what lacks is named', () => {
  requireAcknowledged([]);
  requireAcknowledged(['more_devices'], ['more_devices', 'sms_binds_device']);
  expect(() => requireAcknowledged(['more_devices', 'sms_binds_device'], ['more_devices'])).toThrow(
    expect.objectContaining({
      code: 'risk_not_acknowledged',
      fields: [{ field: 'acknowledged', message: 'sms_binds_device' }],
    }),
  );
});
