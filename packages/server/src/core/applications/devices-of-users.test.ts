// Mode and limit of devices never say two things, whichever of them is said.
import { deviceModes } from '@countersign/contract/models.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Problem } from '#platform/problem.ts';
import { changedDevices, type DeviceRules, devicesOf, requireOpenForRules } from './devices-of-users.ts';

const mode = fc.constantFrom(...deviceModes);
const limit = fc.integer({ min: 0, max: 20 });
const given = fc.record({
  device_mode: fc.option(mode, { nil: undefined }),
  device_limit: fc.option(limit, { nil: undefined }),
});
const agree = ({ device_mode, device_limit }: DeviceRules) => device_mode === 'multiple' || device_limit <= 1;

const orProblem = (work: () => DeviceRules): DeviceRules | 'refused' => {
  try {
    return work();
  } catch (error) {
    expect(error).toBeInstanceOf(Problem);
    return 'refused';
  }
};

test('what is said holds, what is not follows, and only a contradiction is refused', () => {
  fc.assert(
    fc.property(given, limit, limit, (said, usual, before) => {
      const contradicts =
        said.device_mode !== undefined && said.device_mode !== 'multiple' && (said.device_limit ?? 0) > 1;
      const old: DeviceRules = { device_mode: before > 1 ? 'multiple' : 'single', device_limit: before };
      for (const rules of [
        orProblem(() => devicesOf(said, usual)),
        orProblem(() => changedDevices(old, said)),
      ]) {
        expect(rules === 'refused').toBe(contradicts);
        if (rules === 'refused') continue;
        expect(agree(rules)).toBe(true);
        expect(rules.device_mode).toBe(said.device_mode ?? rules.device_mode);
        expect(rules.device_limit).toBe(said.device_limit ?? rules.device_limit);
      }
    }),
  );
});

test('a change of nothing is none', () => {
  const rules: DeviceRules = { device_mode: 'override', device_limit: 1 };
  expect(changedDevices(rules, {})).toEqual(rules);
  expect(changedDevices(rules, { device_limit: 3 }).device_mode).toBe('multiple');
  expect(
    changedDevices({ device_mode: 'multiple', device_limit: 5 }, { device_mode: 'single' }).device_limit,
  ).toBe(1);
});

test.each([
  ['open', 'open', ['device_mode'], true],
  ['open', 'closed', ['enrolment', 'device_limit'], true],
  ['closed', 'open', ['enrolment', 'device_mode', 'new_device_wait_seconds'], true],
  ['closed', 'closed', ['name', 'second_factor'], true],
  ['closed', 'closed', ['device_mode'], false],
  ['closed', 'closed', ['device_limit'], false],
  ['closed', 'closed', ['new_device_wait_seconds'], false],
  ['closed', 'closed', ['name', 'new_device_cool_down_seconds'], false],
] as const)('enrolment %s, then %s, changing %j', (before, enrolment, changed, passes) => {
  const ask = () => requireOpenForRules({ enrolment: before }, { enrolment }, changed);
  if (passes) ask();
  else expect(ask).toThrow(expect.objectContaining({ code: 'enrolment_rules_closed' }));
});
