// A session of the console: how long it holds, what it may do, and how it is shown.
import type { Session, SessionSummary, SignInMethod } from '@countersign/contract/administrator-models.ts';
import type { Selectable } from 'kysely';
import type { SessionTable } from '#db/administration-tables.ts';
import type { SettingsDeps } from '#platform/settings.ts';
import { type AdministratorFacts, hasPassword, toAdministrator } from './administrator.ts';

export type SessionRow = Selectable<SessionTable>;

/** In milliseconds. */
export interface SessionTimes {
  readonly idle: number;
  readonly longest: number;
  readonly stepUp: number;
}

const minute = 60_000;

export async function readSessionTimes({ settings }: SettingsDeps): Promise<SessionTimes> {
  const { session_idle_minutes, session_hours, step_up_minutes } = await settings.values();
  return {
    idle: session_idle_minutes * minute,
    longest: session_hours * 60 * minute,
    stepUp: step_up_minutes * minute,
  };
}

/** How long the second factor is waited for after the password. */
export const halfSessionMs = 5 * minute;

/** Where a call comes from, as it is kept with the session. */
export interface Visitor {
  readonly address: string;
  readonly userAgent: string;
}

const secondFactors = ({ passkey_count, phone_user_id }: AdministratorFacts): SignInMethod[] => [
  ...(passkey_count > 0 ? (['passkey'] as const) : []),
  ...(phone_user_id === null ? [] : (['phone'] as const)),
];

/** With any of which the administrator goes on after the password; empty where there is none. */
export const secondFactorsOf = (facts: AdministratorFacts): readonly SignInMethod[] => secondFactors(facts);

/** With any of which it can be proved anew who is there. The password alone only where there is nothing better. */
export function verifyWith(facts: AdministratorFacts): SignInMethod[] {
  const better = secondFactors(facts);
  if (better.length > 0) return better;
  return hasPassword(facts) ? ['password'] : [];
}

/** Signed in with a password alone: until a second factor is added, nothing else is allowed. */
export const mustEnrol = ({ strength }: Pick<SessionRow, 'strength'>, facts: AdministratorFacts): boolean =>
  strength === 'password' && secondFactors(facts).length === 0;

export const toSession = (row: SessionRow, facts: AdministratorFacts, times: SessionTimes): Session => ({
  id: row.id,
  administrator: toAdministrator(facts),
  created_at: row.created_at,
  expires_at: Math.min(row.expires_at, row.created_at + times.longest),
  verified_until: row.verified_at + times.stepUp,
  step_up_minutes: times.stepUp / minute,
  verify_with: verifyWith(facts),
  must_enrol: mustEnrol(row, facts),
});

export const toSummary = (row: SessionRow, current: string | null): SessionSummary => ({
  id: row.id,
  administrator_id: row.administrator_id,
  created_at: row.created_at,
  last_used_at: row.last_used_at,
  expires_at: row.expires_at,
  address: row.address,
  user_agent: row.user_agent,
  is_current: row.id === current,
});
