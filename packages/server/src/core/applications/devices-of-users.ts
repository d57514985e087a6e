// How many devices the users of an application may have: mode and limit must not say two things.
import type { Application } from '@countersign/contract/models.ts';
import { Problem } from '#platform/problem.ts';

export type DeviceRules = Pick<Application, 'device_mode' | 'device_limit'>;
type Given = { readonly [Name in keyof DeviceRules]?: DeviceRules[Name] | undefined };

/**
 * Both of a new application; what is not said follows from the other.
 * @throws Problem invalid_request when a mode of one device has a limit of more
 */
export function devicesOf({ device_mode, device_limit }: Given, usualLimit: number): DeviceRules {
  const limit = device_limit ?? (device_mode === undefined ? usualLimit : Math.min(1, usualLimit));
  const most = device_mode === 'multiple' ? (device_limit ?? usualLimit) : limit;
  return agree({ device_mode: device_mode ?? modeFor(limit), device_limit: most });
}

/**
 * What a change makes of both: a mode of one device brings its limit down, a limit of more its mode up, unless both are said.
 * @throws Problem invalid_request
 */
export function changedDevices(
  { device_mode: mode, device_limit: limit }: DeviceRules,
  { device_mode, device_limit }: Given,
): DeviceRules {
  if (device_mode === undefined) {
    const most = device_limit ?? limit;
    return { device_mode: most > 1 ? 'multiple' : mode, device_limit: most };
  }
  const kept = device_mode === 'multiple' ? limit : Math.min(1, limit);
  return agree({ device_mode, device_limit: device_limit ?? kept });
}

/** What somebody says about the binding of devices means nothing while none is bound. */
const rules = ['device_mode', 'device_limit', 'new_device_wait_seconds', 'new_device_cool_down_seconds'];

/** @param changed fields that the change really changes. @throws Problem enrolment_rules_closed */
export function requireOpenForRules(
  before: Pick<Application, 'enrolment'>,
  { enrolment = before.enrolment }: Partial<Pick<Application, 'enrolment'>>,
  changed: readonly string[],
): void {
  const refused = changed.filter((field) => rules.includes(field));
  if (before.enrolment === 'open' || enrolment === 'open' || refused.length === 0) return;
  throw new Problem(
    'enrolment_rules_closed',
    'open enrolment first, or with the same change',
    refused.map((field) => ({ field, message: 'stays as it is while enrolment is closed' })),
  );
}

const modeFor = (limit: number): DeviceRules['device_mode'] => (limit > 1 ? 'multiple' : 'single');

function agree(rules: DeviceRules): DeviceRules {
  if (rules.device_mode === 'multiple' || rules.device_limit <= 1) return rules;
  throw new Problem('invalid_request', undefined, [
    { field: 'device_limit', message: `must be at most 1 while device_mode is ${rules.device_mode}` },
  ]);
}
