// What is remembered of a provider between two logins: its metadata for a while, and its keys, which are read anew when one is unknown,
// though not more often than a provider can bear.
import type { ExportedJWKSCache, ServerMetadata } from 'openid-client';
import type { Clock } from '#platform/clock.ts';

export interface RememberedProvider {
  readonly revision: number;
  metadata: { readonly found: Promise<ServerMetadata>; readonly at: number } | undefined;
  keys: { readonly cache: ExportedJWKSCache; readonly at: number } | undefined;
  /** When its keys were read lately. */
  reads: readonly number[];
}

const metadataMs = 600_000;
const keysMs = 240_000;
/** Reads of the keys in a minute, however many tokens name a key that is not there. */
const maxReads = 6;
const minuteMs = 60_000;
/** In seconds: openid-client reads keys anew that are older, when one is unknown. */
const olderThanPatience = 61;

export interface ProviderMemory {
  of(settings: { readonly id: string; readonly revision: number }): RememberedProvider;
}

/** @param most providers; the one that was asked longest ago goes first */
export function createProviderMemory(most = 1000): ProviderMemory {
  const known = new Map<string, RememberedProvider>();
  return {
    of({ id, revision }) {
      const before = known.get(id);
      known.delete(id);
      const kept =
        before?.revision === revision
          ? before
          : { revision, metadata: undefined, keys: undefined, reads: before?.reads ?? [] };
      known.set(id, kept);
      for (const oldest of known.keys()) {
        if (known.size <= most) break;
        known.delete(oldest);
      }
      return kept;
    },
  };
}

/** One reading serves all who ask meanwhile; one that failed serves nobody else. */
export function metadataOf(
  remembered: RememberedProvider,
  { monotonic }: Clock,
  read: () => Promise<ServerMetadata>,
): Promise<ServerMetadata> {
  const kept = remembered.metadata;
  if (kept && monotonic() - kept.at < metadataMs) return kept.found;
  const fresh = { found: read(), at: monotonic() };
  remembered.metadata = fresh;
  fresh.found.catch(() => {
    if (remembered.metadata === fresh) remembered.metadata = undefined;
  });
  return fresh.found;
}

/** Counts that the provider's keys are read now. @returns false when they were read too often. */
export function takeRead(remembered: RememberedProvider, clock: Clock): boolean {
  if (!mayRead(remembered, clock)) return false;
  remembered.reads = [...remembered.reads, clock.monotonic()];
  return true;
}

function mayRead(remembered: RememberedProvider, { monotonic }: Clock): boolean {
  const now = monotonic();
  remembered.reads = remembered.reads.filter((at) => now - at < minuteMs);
  return remembered.reads.length < maxReads;
}

/** What openid-client is told of the keys: as old as those that it reads anew when one is unknown, or just read where it must not. */
export function keysFor(remembered: RememberedProvider, clock: Clock): ExportedJWKSCache | undefined {
  const { keys } = remembered;
  if (!keys || clock.monotonic() - keys.at > keysMs) return undefined;
  const age = mayRead(remembered, clock) ? olderThanPatience : 0;
  return { ...keys.cache, uat: Math.floor(clock.now() / 1000) - age };
}

/** @param cache as openid-client leaves it behind */
export function keepKeys(
  remembered: RememberedProvider,
  clock: Clock,
  cache: ExportedJWKSCache | undefined,
): void {
  if (!cache) return;
  const isSame = JSON.stringify(cache.jwks) === JSON.stringify(remembered.keys?.cache.jwks);
  const wasRead = (remembered.reads.at(-1) ?? -Infinity) > (remembered.keys?.at ?? -Infinity);
  if (!isSame || wasRead) remembered.keys = { cache, at: clock.monotonic() };
}
