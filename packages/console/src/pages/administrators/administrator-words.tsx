// How an administrator is spoken of: state and ways to sign in, each in a word with its colour.
import type { Administrator } from '@countersign/contract/administrator-models.ts';
import { allRoles } from '@countersign/contract/roles.ts';
import { deviceNow } from '@countersign/ui/clock.ts';
import { StatusDot, type Tone } from '../../parts/badge.tsx';
import type { Option } from '../../parts/form-fields.ts';
import { type Speech, useWords } from '../../words/words.ts';

type State = 'active' | 'disabled' | 'invited' | 'invitation_over';

const tones = {
  active: 'good',
  disabled: 'quiet',
  invited: 'note',
  invitation_over: 'warn',
} as const satisfies Record<State, Tone>;

const hasWayIn = ({ kind, has_password: hasPassword, passkey_count: passkeys }: Administrator): boolean =>
  kind === 'directory' || hasPassword || passkeys > 0;

export function stateOf(administrator: Administrator, now: number): State {
  if (!administrator.enabled) return 'disabled';
  if (hasWayIn(administrator)) return 'active';
  return (administrator.invited_until ?? 0) > now ? 'invited' : 'invitation_over';
}

export function AdministratorState({ administrator }: { readonly administrator: Administrator }) {
  const { t } = useWords();
  const state = stateOf(administrator, deviceNow());
  return <StatusDot tone={tones[state]}>{t(`administrator.state.${state}`)}</StatusDot>;
}

/** `2 passkeys, Phone`. */
export function factorsText({ t, count, language }: Speech, administrator: Administrator): string {
  const { kind, passkey_count: passkeys, has_password: hasPassword, phone_user: phone } = administrator;
  const factors = [
    passkeys > 0 ? [count('administrator.factors.passkeys', passkeys)] : [],
    hasPassword ? [t('administrator.factors.password')] : [],
    kind === 'directory' ? [t('administrator.factors.directory')] : [],
    phone ? [t('administrator.factors.phone')] : [],
  ].flat();
  if (factors.length === 0) return t('administrator.factors.none');
  return new Intl.ListFormat(language, { type: 'unit' }).format(factors);
}

/** Each with what it may do. */
export const roleOptions = ({ t }: Speech): readonly Option<(typeof allRoles)[number]>[] =>
  allRoles.map((value) => ({ value, text: t(`role.${value}`), help: t(`role.${value}.help`) }));
