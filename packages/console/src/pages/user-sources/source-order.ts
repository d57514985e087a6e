// Which user sources stand where they do harm.
import type { UserSource } from '@countersign/contract/user-source-models.ts';

type Placed = Pick<UserSource, 'name' | 'kind' | 'enabled'>;

/** RADIUS sources above one that is no RADIUS server: what they say of a person is the end. One that is disabled is not asked. */
export function radiusAboveOthers(sources: readonly Placed[]): readonly Placed[] {
  const asked = sources.filter(({ enabled }) => enabled);
  const last = asked.findLastIndex(({ kind }) => kind !== 'radius');
  return asked.filter(({ kind }, index) => kind === 'radius' && index < last);
}
