// Logins over time by how they ended: finished hours as they were counted once, the last ones counted now.
import type { LoginHistory } from '@countersign/contract/overview-models.ts';
import type { OverviewDeps } from './get-overview.ts';
import { countedHours, countNow, type HourCount, type Only, sumCounted } from './login-hour-store.ts';
import { hourMs, hourOf, idsOfHours } from './login-hours.ts';

/** Hours in a bucket, by how many hours are shown. */
const bucketHours = { '24': 1, '168': 6, '720': 24 } as const;

/** An hour is counted soon after it is finished; older ones that are not yet are being counted. */
const countedNow = 3;

export interface HistoryQuery {
  readonly hours: keyof typeof bucketHours;
  readonly application_id?: string | undefined;
}

/** Oldest first. @param visible the one application that may be seen, or null for all. @throws Unavailable */
export function getLoginHistory(
  deps: OverviewDeps,
  visible: string | null,
  { hours, application_id: applicationId }: HistoryQuery,
): Promise<LoginHistory> {
  const only = { visible, applicationId };
  return deps.recall(`history ${hours} ${visible} ${applicationId}`, () => readHistory(deps, hours, only));
}

async function readHistory(
  { db, clock }: OverviewDeps,
  hours: HistoryQuery['hours'],
  only: Only,
): Promise<LoginHistory> {
  const size = bucketHours[hours];
  const now = hourOf(clock.now());
  const lastBucket = Math.floor(now / size);
  const firstBucket = lastBucket - Number(hours) / size + 1;
  const counts = await sumCounted(db.read, firstBucket * size, only);
  const known = await countedHours(db.read, now - countedNow, now);
  for (let hour = now - countedNow; hour <= now; hour += 1) {
    if (known.has(hour)) continue;
    const rows = await countNow(db, idsOfHours(hour, hour), only);
    counts.push(...rows.map((row) => ({ hour, ...row })));
  }
  const buckets = Array.from({ length: lastBucket - firstBucket + 1 }, (_, n) =>
    emptyBucket((firstBucket + n) * size * hourMs),
  );
  for (const count of counts) addTo(buckets[Math.floor(count.hour / size) - firstBucket], count);
  return { bucket_ms: size * hourMs, buckets };
}

type Bucket = LoginHistory['buckets'][number];

const emptyBucket = (at: number): Bucket => ({ at, approved: 0, denied: 0, expired: 0, cancelled: 0 });

function addTo(bucket: Bucket | undefined, { status, logins }: HourCount): void {
  if (bucket && status !== 'pending') bucket[status] += logins;
}
