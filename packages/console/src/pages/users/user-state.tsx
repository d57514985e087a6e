// Where a user stands, in one word: what keeps logins out comes first.
import type { User } from '@countersign/contract/models.ts';
import { deviceNow } from '@countersign/ui/clock.ts';
import { StatusDot, type Tone } from '../../parts/badge.tsx';
import { useWords } from '../../words/words.ts';

export type UserStateName = 'disabled' | 'held' | 'left_alone' | 'not_onboarded' | 'ready';

const tones: Readonly<Record<UserStateName, Tone>> = {
  disabled: 'quiet',
  held: 'bad',
  left_alone: 'warn',
  not_onboarded: 'note',
  ready: 'good',
};

type Standing = Pick<User, 'enabled' | 'requests_held' | 'left_alone_until' | 'device_count'>;

/** @param now epoch milliseconds */
export function stateOf(user: Standing, now: number): UserStateName {
  if (!user.enabled) return 'disabled';
  if (user.requests_held) return 'held';
  if (user.left_alone_until !== null && user.left_alone_until > now) return 'left_alone';
  return user.device_count === 0 ? 'not_onboarded' : 'ready';
}

export function UserState({ user }: { readonly user: Standing }) {
  const { t } = useWords();
  const state = stateOf(user, deviceNow());
  return <StatusDot tone={tones[state]}>{t(`user.state.${state}`)}</StatusDot>;
}
