// Tells the devices that a user has of a new one. A hint, as all that is told: what there is to see they ask for (newcomers.ts).
import { newcomersTopic } from '#core/approvals/topics.ts';
import type { LoginDeps } from '#core/authentication/begin-login.ts';

export type TellDeps = Pick<LoginDeps, 'bus' | 'tellDevices'>;

/** Call after the commit. @param id of the new device or its process */
export function tellOlderDevices({ bus, tellDevices }: TellDeps, id: string, userId: string): void {
  bus.wake(newcomersTopic(userId));
  tellDevices?.({ id, userId });
}
