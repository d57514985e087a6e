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

const modeFor = (limit: number): DeviceRules['device_mode'] => (limit > 1 ? 'multiple' : 'single');

function agree(rules: DeviceRules): DeviceRules {
  if (rules.device_mode === 'multiple' || rules.device_limit <= 1) return rules;
  throw new Problem('invalid_request', undefined, [
    { field: 'device_limit', message: `must be at most 1 while device_mode is ${rules.device_mode}` },
  ]);
}

type Risky = Pick<Application, 'device_mode' | 'second_factor'>;

/** Whoever has the password can ask to have another device bound, which is the only second factor. */
const hasMoreDevices = ({ device_mode: mode, second_factor: factor }: Risky): boolean =>
  factor !== 'none' && mode !== 'single';

/** Asked when a mode of more devices is chosen. @throws Problem risk_not_acknowledged */
export function requireAcknowledged(
  before: Pick<Risky, 'device_mode'> | undefined,
  after: Risky,
  acknowledged: readonly string[] = [],
): void {
  const isNews = before === undefined || before.device_mode === 'single';
  if (!isNews || !hasMoreDevices(after) || acknowledged.includes('more_devices')) return;
  throw new Problem('risk_not_acknowledged', 'this stays open: more_devices', [
    { field: 'acknowledged', message: 'more_devices' },
  ]);
}
