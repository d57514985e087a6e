// A node: one server process, as the others see it.
import type { Service } from '@countersign/contract/overview-models.ts';

export interface NodeFacts {
  readonly instance_id: string;
  readonly name: string;
  readonly version: string;
  /** Epoch milliseconds, by the clock that all nodes share. */
  readonly started_at: number;
  readonly seen_at: number;
  readonly certificate_ends_at: number | null;
  readonly services: readonly Service[];
}

/** How often a node says that it lives. */
export const beatMs = 10_000;

/** Longer unheard of, a node counts as silent. */
const silentAfterMs = 30_000;

/** Unheard of for so long, a node is forgotten: somebody took it out of service. */
export const forgottenAfterMs = 7 * 86_400_000;

export const isAlive = ({ seen_at }: Pick<NodeFacts, 'seen_at'>, now: number): boolean =>
  now - seen_at <= silentAfterMs;

type Life = Pick<NodeFacts, 'instance_id' | 'name' | 'started_at' | 'seen_at'>;

/**
 * Whether two processes ran under one name at the same time. A process that was killed cannot be seen after the one that follows it has
 * started, so a quick restart is none.
 */
export const areTwins = (one: Life, other: Life): boolean =>
  one.instance_id !== other.instance_id &&
  one.name === other.name &&
  one.seen_at > other.started_at &&
  other.seen_at > one.started_at;
