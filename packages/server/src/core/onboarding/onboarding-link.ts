// An onboarding link: works once, and binds one device to one user. Only the hash of its ticket is kept.
import { deviceProtocol } from '@countersign/contract/device-protocol.ts';
import type { OnboardingLink } from '@countersign/contract/models.ts';
import { newToken, type Random } from '#platform/random.ts';

export interface OnboardingLinkRow {
  readonly id: string;
  readonly user_id: string;
  readonly created_at: number;
  readonly expires_at: number;
  readonly used_at: number | null;
}

/** As the API shows it. */
export const toOnboardingLink = (row: OnboardingLinkRow): OnboardingLink => ({
  id: row.id,
  user_id: row.user_id,
  created_at: row.created_at,
  expires_at: row.expires_at,
  used_at: row.used_at,
});

export const newTicket = (random: Random): string => newToken(random, deviceProtocol.ticketPrefix);

/** The ticket stands in the fragment, which browsers send to no server: it reaches no log. */
export const linkFor = (publicUrl: string, ticket: string): string => `${publicUrl}/onboard#${ticket}`;
