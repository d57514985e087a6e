// The name under which doctor logs in: nobody has it, and it is new each time, so that it can be found in the activity.
import { systemRandom } from '#platform/random.ts';

export const madeUpName = (): string =>
  `countersign-doctor-${Buffer.from(systemRandom.bytes(9)).toString('hex')}`;
