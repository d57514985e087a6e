// Checks the clock: against the database, against what was written before, and whether anything keeps it right.
import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { readAuditHeads } from '#core/audit/audit-heads.ts';
import { databaseTime } from '#db/database-time.ts';
import type { Db } from '#db/db.ts';
import type { Clock } from '#platform/clock.ts';
import { fail, type Finding, ok, unknown, warn } from './check.ts';

/** Devices whose clock is further off are turned away (device protocol, section 3). */
const toleranceMs = 60_000;
const remedy = 'Set the clock right and let NTP keep it so: devices and evidence depend on it.';
const askTimeoutMs = 2000;

export interface ClockDeps {
  readonly clock: Clock;
  readonly db: Db | undefined;
  /** Files that were written some time ago. */
  readonly files: readonly string[];
}

export async function checkClock({ clock, db, files }: ClockDeps): Promise<readonly Finding[]> {
  const name = 'clock';
  const now = clock.now();
  const written = files.flatMap((file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? []);
  const events = db ? (await readAuditHeads(db.read)).flatMap(({ lastAt }) => lastAt ?? []) : [];
  const ahead = Math.max(...written, ...events) - now;
  if (ahead > toleranceMs)
    return [fail(name, `the clock is at least ${seconds(ahead)} behind what was written before`, remedy)];
  const theirs = db && (await databaseTime(db));
  const apart = theirs === undefined ? 0 : Math.abs(theirs - clock.now());
  if (apart > toleranceMs)
    return [fail(name, `the clocks of this machine and of PostgreSQL are ${seconds(apart)} apart`, remedy)];
  return [ok(name, `${new Date(now).toISOString()} is plausible`), await checkSynchronisation()];
}

const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`;

/** systemd's own words; where there is no systemd (containers) nobody here can tell. */
function checkSynchronisation(): Promise<Finding> {
  const name = 'clock synchronisation';
  return new Promise((resolve) => {
    const args = ['show', '--property=NTPSynchronized', '--value'];
    execFile('timedatectl', args, { timeout: askTimeoutMs }, (error, output) => {
      const answer = error ? '' : output.trim();
      if (answer === 'yes') resolve(ok(name, 'NTP keeps the clock'));
      else if (answer === 'no') resolve(warn(name, 'NTP does not keep the clock', remedy));
      else resolve(unknown(name, 'cannot be told here', 'See on the host that NTP keeps the clock.'));
    });
  });
}
