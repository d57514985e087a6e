// In what state a certificate is, and what to call it.
import type { certificateStates } from '@countersign/contract/certificate-kinds.ts';
import type { Certificate } from '@countersign/contract/scep-models.ts';

export type State = (typeof certificateStates)[number];

export const certificateTones = { good: 'good', ending: 'warn', expired: 'quiet', revoked: 'bad' } as const;

/** As the server says it for its filter. */
const endingMs = 60 * 86_400_000;

export function stateOf({ revoked_at: revoked, not_after: until }: Certificate, now: number): State {
  if (revoked !== null) return 'revoked';
  if (until <= now) return 'expired';
  return until - now < endingMs ? 'ending' : 'good';
}

/** “alice, Alice’s phone”, or the subject of what is nobody's device. */
export const nameOf = ({ username, device_name: device, subject }: Certificate): string =>
  username === null || device === null ? subject : `${username}, ${device}`;
