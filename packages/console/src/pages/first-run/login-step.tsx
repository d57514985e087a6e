// Fifth step: a login, played by the server or by `radclient`, until somebody is let in; and what comes after the first run.
import type { User } from '@countersign/contract/models.ts';
import type { RadiusClient } from '@countersign/contract/radius-models.ts';
import { Notice } from '@countersign/ui/parts/problem.tsx';
import { useStore } from '@countersign/ui/store.ts';
import { hasSecondFactor, sessionState } from '../../api/session.ts';
import { LinkButton } from '../../parts/link-button.tsx';
import { hrefOf } from '../../router/paths.ts';
import { useWords } from '../../words/words.ts';
import { RadclientLine } from '../gateways/gateway-setup.tsx';
import { TryLogin } from '../gateways/try-login.tsx';
import type { Typed } from './first-run.ts';

export interface LoginStepProps {
  readonly client: RadiusClient;
  /** Undefined when that step was left out. */
  readonly user: User | undefined;
  readonly typed: Typed | undefined;
  /** Somebody was let in. */
  readonly isOver: boolean;
  /** Where the user is made. */
  readonly userStep: string;
}

export function LoginStep({ client, user, typed, isOver, userStep }: LoginStepProps) {
  const { t } = useWords();
  if (!user)
    return (
      <>
        <Notice title={t('first.no_user')} look="note">
          <p>
            <a href={userStep}>{t('first.no_user_do')}</a>
          </p>
        </Notice>
        <OwnFactor />
        <WhatNext client={client} />
      </>
    );
  const password = typed?.username === user.username ? typed.password : '';
  return (
    <>
      {user.device_count > 0 ? null : (
        <Notice title={t('first.no_device')}>
          <p>{t('first.no_device_help')}</p>
        </Notice>
      )}
      <TryLogin
        client={client}
        username={user.username}
        password={password}
        onward={<WhatNext client={client} />}
      />
      {isOver ? <OwnFactor /> : null}
      <RadclientLine client={client} username={user.username} />
    </>
  );
}

function WhatNext({ client: { id } }: { readonly client: RadiusClient }) {
  const { t } = useWords();
  return (
    <p class="let-in-onward">
      <LinkButton href={hrefOf('radiusClient', { id }, { part: 'connect' })} look="main">
        {t('first.connect')}
      </LinkButton>
      <LinkButton href="#/">{t('first.leave')}</LinkButton>
    </p>
  );
}

/** For an administrator who has a password alone. */
function OwnFactor() {
  const { t } = useWords();
  const { session } = useStore(sessionState);
  if (!session || hasSecondFactor(session)) return null;
  return (
    <Notice title={t('first.own_factor')} look="note">
      <p>{t('first.own_factor_help')}</p>
      <p class="notice-actions">
        <LinkButton href={hrefOf('yourSignIn')} icon="key">
          {t('first.own_factor_do')}
        </LinkButton>
      </p>
    </Notice>
  );
}
