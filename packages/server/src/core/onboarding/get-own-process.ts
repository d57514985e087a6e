// How a process stands, for its device: at once, or, while somebody else is to do something, as soon as it stands otherwise. What happened elsewhere meanwhile, such as an approval
// on an older device, is taken in here.
import type { OwnProcess } from '@countersign/contract/onboarding-device-models.ts';
import type { NewKey } from '#core/devices/authenticate-device.ts';
import { nextWake } from '#platform/bus.ts';
import type { StopSignal } from '#platform/stop-signal.ts';
import { moveProcess } from './move-process.ts';
import { againOwn, type Own, type OwnName, requireOwn, showOwn } from './own-process.ts';
import { nextKindOf, processTopic } from './process.ts';
import { moduleOf } from './requirements/kinds.ts';
import type { RequirementDeps } from './requirements/requirement-kind.ts';

/** Other nodes and the command line are not heard; the row is looked at this often, in milliseconds. */
const lookMs = 1000;

/** @throws Problem process_unknown, proof_invalid; Unavailable */
export async function getOwnProcess(
  deps: RequirementDeps,
  key: NewKey,
  name: OwnName,
  { waitMs, signal }: { readonly waitMs: number; readonly signal: StopSignal },
): Promise<OwnProcess> {
  const deadline = deps.clock.monotonic() + waitMs;
  const first = await requireOwn(deps, key, name);
  let own = await settle(deps, name, first, signal);
  const seen = standing(own);
  while (isWaiting(own, deps.clock.now()) && standing(own) === seen && !signal.aborted) {
    const left = Math.min(deadline - deps.clock.monotonic(), lookMs);
    if (left <= 0) break;
    const wake = nextWake(deps.bus, processTopic(own.process.id), signal);
    await wake.within(left);
    wake.forget();
    own = await settle(deps, name, await againOwn(deps, name), signal);
  }
  return showOwn(deps, own);
}

/** Somebody else is to do something. What the device is to do itself it is told at once: it may have come about since it last asked. */
const isWaiting = ({ process: { status, waits_for, ready_at } }: Own, now: number): boolean =>
  status === 'open' && waits_for !== 'person' && (waits_for !== 'time' || (ready_at ?? 0) > now);

/** What a device would see otherwise; tries that it made itself are no news. */
const standing = ({ process }: Own): string =>
  JSON.stringify([process.status, process.position, process.waits_for, process.state, process.kinds]);

async function settle(deps: RequirementDeps, name: OwnName, own: Own, signal: StopSignal): Promise<Own> {
  const { process, application } = own;
  const kind = process.status === 'open' ? nextKindOf(process) : undefined;
  const result = kind === undefined ? undefined : await moduleOf(kind).settle?.(deps, process, signal);
  if (kind === undefined || !result) return own;
  const actor = { kind: 'onboarding_process', id: process.id } as const;
  await moveProcess(deps, { process, application, actor, group: kind }, result);
  return againOwn(deps, name);
}
