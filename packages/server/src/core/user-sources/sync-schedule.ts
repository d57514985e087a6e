// When a sync of all users is due by itself.
const hourMs = 3_600_000;

/** Null: never. */
export const nextSyncAt = (
  { sync_hours: hours, enabled }: { readonly sync_hours: number | null; readonly enabled: boolean },
  now: number,
): number | null => (hours === null || !enabled ? null : now + hours * hourMs);
