// Compares what was told with what is stored. Each sentence that comes out is something lost, or counted twice.
import { query, type Stored } from '../query.ts';
import type { Ledger } from './ledger.ts';

interface StoredRequest {
  readonly id: string;
  readonly username: string;
  readonly client_address: string | null;
}

/** @returns what does not fit, in words; empty when everything does */
export async function findContradictions(stored: Stored, ledger: Ledger): Promise<readonly string[]> {
  const approved = await query<StoredRequest>(
    stored,
    "select id, username, client_address from auth_requests where status = 'approved'",
  );
  return [
    ...(await countEach(stored, approved)),
    ...lostLogins(approved, ledger),
    ...(await lostAnswers(stored, approved, ledger)),
    ...(await wrongBindings(stored, ledger)),
    ...ledger.acceptedAgain.map((what) => `${what} was accepted again`),
  ];
}

/** One piece of evidence and one audit event for each approved request, and none for any other. */
async function countEach(stored: Stored, approved: readonly StoredRequest[]): Promise<readonly string[]> {
  const evidence = await query<{ id: string }>(stored, 'select auth_request_id as id from evidence');
  const events = await query<{ id: string }>(
    stored,
    "select subject_id as id from audit_events where event = 'auth_request.approved'",
  );
  const ids = new Set(approved.map(({ id }) => id));
  return [
    ...differences('pieces of evidence', ids, evidence),
    ...differences('events that tell of its approval', ids, events),
  ];
}

function differences(what: string, wanted: ReadonlySet<string>, found: readonly { id: string }[]): string[] {
  const counts = new Map([...wanted].map((id) => [id, 0]));
  for (const { id } of found) counts.set(id, (counts.get(id) ?? 0) + 1);
  return [...counts]
    .filter(([id, count]) => count !== (wanted.has(id) ? 1 : 0))
    .map(([id, count]) => `${id} has ${count} ${what}`);
}

const keyOf = (username: string, station: string | null): string => `${username} from ${station}`;

/** Every login was asked for from an address of its own: it must be approved once, and no more often. */
function lostLogins(approved: readonly StoredRequest[], { accepted }: Ledger): string[] {
  const counts = new Map<string, number>();
  for (const { username, client_address: station } of approved) {
    const key = keyOf(username, station);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const told = new Map<string, number>();
  for (const { username, station } of accepted) {
    const key = keyOf(username, station);
    told.set(key, (told.get(key) ?? 0) + 1);
  }
  return [
    ...[...told].filter(([key]) => !counts.has(key)).map(([key]) => `${key} was let in and is not approved`),
    ...[...told].filter(([, count]) => count > 1).map(([key]) => `${key} was let in twice`),
    ...[...counts].filter(([, count]) => count > 1).map(([key]) => `${key} was approved more than once`),
  ];
}

async function lostAnswers(
  stored: Stored,
  approved: readonly StoredRequest[],
  { answered, approved: told }: Ledger,
): Promise<string[]> {
  const rows = await query<{ id: string }>(stored, "select id from challenges where status = 'approved'");
  const challenges = new Set(rows.map(({ id }) => id));
  const requests = new Set(approved.map(({ id }) => id));
  return [
    ...answered.filter((id) => !challenges.has(id)).map((id) => `a phone was told that ${id} is approved`),
    ...told.filter((id) => !requests.has(id)).map((id) => `the API said that ${id} is approved`),
  ];
}

/** Each user of this kind has one link, so one phone at most. */
async function wrongBindings(stored: Stored, { bound }: Ledger): Promise<string[]> {
  const devices = await query<{ id: string; user_id: string }>(stored, 'select id, user_id from devices');
  const perUser = Map.groupBy(devices, ({ user_id }) => user_id);
  const ids = new Set(devices.map(({ id }) => id));
  return [
    ...[...perUser].filter(([, phones]) => phones.length > 1).map(([id]) => `${id} has more than one phone`),
    ...bound
      .filter(({ deviceId }) => !ids.has(deviceId))
      .map(({ deviceId }) => `${deviceId} was bound, and is gone`),
  ];
}
