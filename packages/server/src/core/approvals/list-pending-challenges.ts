// What a device is asked right now, encrypted to it; at once, or as soon as there is something.
import type { AuthenticatedDevice } from '#core/devices/authenticate-device.ts';
import { isCooling } from '#core/devices/cool-down.ts';
import type { Db } from '#db/db.ts';
import type { Find } from '#db/row-statement.ts';
import { type Bus, nextWake } from '#platform/bus.ts';
import type { Clock } from '#platform/clock.ts';
import type { StopSignal } from '#platform/stop-signal.ts';
import { encryptContent } from './content.ts';
import { userTopic } from './topics.ts';

/** How many are handed out at once; a user can have few open requests, so more would be a defect. */
const maxChallenges = 20;

export async function listPendingChallenges(
  deps: { db: Db; bus: Bus; clock: Clock },
  device: AuthenticatedDevice,
  { waitMs, signal }: { waitMs: number; signal: StopSignal },
): Promise<readonly { id: string; content: string }[]> {
  const deadline = deps.clock.monotonic() + waitMs;
  for (;;) {
    const wake = nextWake(deps.bus, userTopic(device.user.id), signal);
    try {
      const rows = await pendingOf(deps, device);
      const left = deadline - deps.clock.monotonic();
      if (rows.length > 0 || left <= 0 || signal.aborted) return encryptEach(rows, device);
      await wake.within(left);
    } finally {
      wake.forget();
    }
  }
}

const encryptEach = (rows: readonly { id: string; content: string }[], device: AuthenticatedDevice) =>
  rows.map(({ id, content }) => ({ id, content: encryptContent(content, device.encryptionKey) }));

/**
 * Calls `changed` whenever the device's user may have something new to be asked, or something was withdrawn.
 * @returns stops it.
 */
export const watchChallenges = (
  deps: { bus: Bus },
  device: AuthenticatedDevice,
  changed: () => void,
): (() => void) => deps.bus.listen(userTopic(device.user.id), changed);

const pendingChallenges: Find<
  { user_id: string; now: number },
  { readonly id: string; readonly content: string }
> = {
  parameters: { user_id: 'text', now: 'bigint' },
  select: 'challenges.id, challenges.content',
  from: 'challenges',
  where: `challenges.user_id = :user_id and challenges.status = 'pending' and challenges.expires_at > :now
    order by challenges.id desc limit ${maxChallenges}`,
};

async function pendingOf({ db, clock }: { db: Db; clock: Clock }, device: AuthenticatedDevice) {
  const now = clock.now();
  return isCooling(device, now) ? [] : db.findAll(pendingChallenges, { user_id: device.user.id, now });
}
